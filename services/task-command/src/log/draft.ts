import type { TaskEvent, TaskId, TenantId } from '@greencloud/domain';

/** An event that may be appended, if its stream still stands at `expectedVersion`. */
export interface Draft {
  readonly partition: number;
  readonly taskId: TaskId;
  readonly commandId: string;
  readonly eventId: string;
  readonly tenantId: TenantId;
  readonly expectedVersion: number;
  readonly type: TaskEvent['type'];
  readonly schemaVersion: number;
  /** The encoded TaskEvent. */
  readonly data: Uint8Array;
  readonly idempotency: { readonly key: string; readonly requestHash: Uint8Array } | undefined;
  /** The payload of a TaskIssued, the result of a TaskFinished. */
  readonly content: { readonly contentType: string; readonly body: Uint8Array } | undefined;
}
