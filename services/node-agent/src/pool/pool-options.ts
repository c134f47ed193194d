import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import type { Loaded, Started } from '../sandbox/outcome.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { RoomLimits } from './room.ts';

/** Whose code a sandbox holds. Two tasks share one only when all of it is equal. */
export interface SandboxSpec {
  readonly tenantId: string;
  readonly codeVersion: string;
  readonly memoryMib: number;
  readonly code: Uint8Array;
}

export type Acquired =
  | { readonly kind: 'ready'; readonly sandbox: Sandbox }
  | Exclude<Started, { kind: 'started' }>
  | Exclude<Loaded, { kind: 'ready' | 'ended' }>
  /** The pool was closed while this waited. */
  | { readonly kind: 'closed' };

export interface SpareLimits {
  /** How many stand ready. */
  readonly count: number;
  /** A limit of memory is given at the start, so they serve lambdas of this size only. */
  readonly memoryMib: number;
  /** Before one that died takes its place again; doubled for each further death. */
  readonly backoffMs: number;
}

export interface PoolOptions extends RoomLimits {
  readonly plan: (memoryMib: number) => LaunchPlan;
  readonly idleMs: number;
  readonly loadLimitMs: number;
  /** Processes that may come up at the same time: 50 ms of CPU each, so no more than the cores. */
  readonly startsAtOnce: number;
  readonly spares: SpareLimits;
}
