import type { BreakReason, LiveEvents } from '@greencloud/bus';
import type { Signal } from '@greencloud/runtime';
import type { LogReader } from '../reader/log-reader.ts';
import type { RecordedEvent } from '../recorded-event.ts';

/** Why the log is read. */
export type CatchUpReason =
  | 'started'
  /** Live events came with something missing before them. */
  | 'gap'
  /** A live event is another than was applied at its position. */
  | 'differs'
  /** Live events came faster than they were applied. */
  | 'overflow'
  /** The log's head is ahead though nothing came: a lost tail, or NATS is away. */
  | 'lost_tail'
  /** A live message was no batch of this partition's events. */
  | 'undecodable'
  | BreakReason;

export type FollowState =
  | { readonly kind: 'catching_up'; readonly reason: CatchUpReason; readonly position: bigint }
  | { readonly kind: 'live'; readonly position: bigint }
  /** The log does not answer; retried with back-off. */
  | { readonly kind: 'log_unreachable'; readonly error: unknown; readonly position: bigint };

/** Time, so that a simulation can be the one who passes it. */
export interface FollowTimers {
  createSignal(): Signal;
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

export interface FollowOptions {
  readonly partition: number;
  /** The last position that is applied already; 0 for none. */
  readonly from: bigint;
  readonly reader: Pick<LogReader, 'getLog' | 'readPartition'>;
  readonly bus: Pick<LiveEvents, 'follow'>;
  /**
   * Gets contiguous, not empty batches in order, one at a time. A rejection ends `follow` with it:
   * start again from what is really applied.
   */
  apply(events: RecordedEvent[]): Promise<void>;
  readonly signal: AbortSignal;
  /** The pause between two looks at the head while nothing comes. Default 1,000. */
  readonly headCheckMs?: number | undefined;
  /** Default 500. */
  readonly maxBatch?: number | undefined;
  /** Live events that may wait while `apply` runs. Default 20,000, about 10 MB. */
  readonly maxWaiting?: number | undefined;
  readonly onState?: ((state: FollowState) => void) | undefined;
  readonly timers?: FollowTimers | undefined;
}
