import { serviceNames } from '@greencloud/testing';
import type { Random } from '../random.ts';

export const targets = [...serviceNames, 'postgres', 'nats'] as const;

/** What is harmed; `all` for a harm that goes through everything. */
export type Target = (typeof targets)[number] | 'all';

export type Harm =
  | 'killed'
  | 'terminated'
  | 'paused'
  | 'stalled'
  | 'restarted'
  | 'wiped'
  | 'backends ended'
  | 'stream deleted'
  | 'stream purged'
  | 'consumers deleted'
  | 'connections cut'
  | 'connections slowed'
  | 'disk full'
  | 'rolled';

/** `missed`: there was nothing to harm at that moment, as a process that was just starting. */
export type Strike = 'struck' | 'missed';

/**
 * One way to do harm. `strike` resolves when the harm has been taken back; one that takes long
 * ends early on the signal.
 */
export type Fault = {
  readonly target: Target;
  readonly harm: Harm;
  readonly strike: (random: Random, signal: AbortSignal) => Promise<Strike>;
};
