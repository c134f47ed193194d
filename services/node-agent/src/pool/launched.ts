import type { Loaded, Started } from '../sandbox/outcome.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Acquired } from './pool-options.ts';

/** A sandbox with its code in it, or why there is none. */
export type Launched =
  | { readonly kind: 'ready'; readonly sandbox: Sandbox }
  | Exclude<Started, { kind: 'started' }>
  | Exclude<Loaded, { kind: 'ready' }>;

/** Of the process, and not a word from the module itself. */
export function isEnd({ kind }: Launched): boolean {
  return kind === 'ended' || kind === 'unavailable';
}

export function refusalOf(launched: Exclude<Launched, { kind: 'ready' }>): Acquired {
  return launched.kind === 'ended' ? { kind: 'failed', detail: launched.detail } : launched;
}
