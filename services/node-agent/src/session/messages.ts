import type { NodeId } from '@greencloud/domain';
import type { Assignment, AttemptKey, ReportBody } from '../attempts/messages.ts';

export type EnergySource = 'renewable' | 'battery' | 'grid' | 'unknown';

/** What this node offers, as declared to the scheduler. */
export interface NodeOffer {
  readonly cpuCount: number;
  readonly memSizeMib: number;
  readonly networkLatencyMs: number;
  readonly privileged: boolean;
  readonly slots: number;
  /** Tasks taken beyond the slots. */
  readonly lookahead: number;
  readonly energySource: EnergySource;
  /** gCO2e/kWh */
  readonly carbonIntensity: number | undefined;
  readonly isolation: 'namespace' | 'process';
  readonly trustedTenants: readonly string[];
  readonly acceptsUntrusted: boolean;
}

export interface Report extends AttemptKey {
  /** 1, 2, 3, … in one session. */
  readonly sequence: bigint;
  readonly body: ReportBody;
}

export type ToScheduler =
  | {
      readonly kind: 'hello';
      readonly nodeId: NodeId;
      readonly bootId: string;
      readonly offer: NodeOffer;
      readonly running: readonly AttemptKey[];
    }
  | { readonly kind: 'heartbeat'; readonly sequence: bigint }
  | { readonly kind: 'reports'; readonly reports: readonly Report[] }
  | { readonly kind: 'draining' };

export interface Welcome {
  readonly kind: 'welcome';
  readonly sessionEpoch: bigint;
  readonly heartbeatMs: number;
  readonly fenceAfterMs: number;
}

/** What the scheduler wants done. */
export type Order =
  | { readonly kind: 'assignments'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'cancellations'; readonly attempts: readonly AttemptKey[] }
  | { readonly kind: 'fencings'; readonly attempts: readonly AttemptKey[] }
  | { readonly kind: 'drain' };

export type FromScheduler =
  | Welcome
  | { readonly kind: 'report-acks'; readonly upTo: bigint }
  | { readonly kind: 'heartbeat-ack'; readonly sequence: bigint }
  /** From a newer scheduler: passed over. */
  | { readonly kind: 'unknown' }
  | Order;

/** One stream to the scheduler. */
export interface SessionStream {
  /** Ends with the stream; throws unless it ended well. */
  readonly messages: AsyncIterable<FromScheduler>;
  /** Resolves when there is room for more; rejects when the stream has ended. */
  send(message: ToScheduler): Promise<void>;
  end(): void;
  cancel(): void;
}
