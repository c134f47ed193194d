import type {
  CodeVersion,
  LambdaId,
  NodeId,
  ReleaseReason,
  TaskId,
  TaskOutcome,
  TenantId,
} from '@greencloud/domain';
import type { LogContent } from '@greencloud/event-log';
import type { NodeOffer } from '../placement/node-offer.ts';

/** One execution of a task; the attempt is its fencing token. */
export interface Attempt {
  readonly taskId: TaskId;
  readonly attempt: number;
}

export interface Assignment extends Attempt {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: CodeVersion;
  readonly timeoutSeconds: number;
  /** MiB, 0: the node's default. */
  readonly memSize: number;
  readonly payload: LogContent | undefined;
}

export interface Hello {
  readonly nodeId: NodeId;
  /** A new one for each start of the agent. */
  readonly bootId: string;
  readonly offer: NodeOffer;
  /** What still runs there, or has a finish that was not acknowledged. */
  readonly running: readonly Attempt[];
}

export interface Finish {
  readonly kind: 'finish';
  readonly outcome: TaskOutcome;
  readonly status: number;
  readonly detail: string;
  readonly result: LogContent | undefined;
}

/** What a node says of an attempt. */
export type ReportBody =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'progress'; readonly percent: number }
  | Finish
  | { readonly kind: 'release'; readonly reason: ReleaseReason }
  /** Taken beyond its slots, and not begun in time. */
  | { readonly kind: 'returned' }
  /** Not what a node may say; acknowledged, so that it is not sent for ever. */
  | { readonly kind: 'unusable'; readonly problem: string };

export interface NodeReport {
  readonly sequence: bigint;
  /** Undefined: no id of a task. */
  readonly attempt: Attempt | undefined;
  readonly body: ReportBody;
}

export type FromNode =
  | { readonly kind: 'heartbeat'; readonly sequence: bigint }
  | { readonly kind: 'reports'; readonly reports: readonly NodeReport[] }
  | { readonly kind: 'draining' };

export type ToNode =
  | {
      readonly kind: 'welcome';
      readonly epoch: bigint;
      readonly heartbeatMs: number;
      readonly fenceAfterMs: number;
    }
  | { readonly kind: 'assignments'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'cancellations'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'fencings'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'report-acks'; readonly upTo: bigint }
  | { readonly kind: 'heartbeat-ack'; readonly sequence: bigint }
  | { readonly kind: 'drain' };
