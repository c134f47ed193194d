import type { TaskId, TenantId } from '@greencloud/domain';

export interface TaskKey {
  readonly tenantId: TenantId;
  readonly taskId: TaskId;
  /** An older answer is read from the log instead of the views; 0 for any. */
  readonly minVersion: number;
}
