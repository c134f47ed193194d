import type { LambdaId, NodeId, TaskOutcome, TenantId } from '@greencloud/domain';
import type { TaskRowState } from '../view/task-row.ts';

/** What a list shows and in which order; a cursor is good for the very same filter only. */
export interface ListFilter {
  readonly tenantId: TenantId;
  readonly state: TaskRowState | null;
  readonly outcome: TaskOutcome | null;
  readonly lambdaId: LambdaId | null;
  readonly nodeId: NodeId | null;
  /** Unix ms, both exclusive; null for no bound. */
  readonly issuedAfter: number | null;
  readonly issuedBefore: number | null;
  readonly order: 'newest_first' | 'oldest_first';
}
