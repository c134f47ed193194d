import type { TaskId } from '@greencloud/domain';

/** What `stream_head` says of an event's task. */
export interface HeadRow {
  readonly tenantId: string;
  readonly version: number;
  readonly position: bigint;
  readonly open: boolean;
}

/** An event, with everything that is kept of its task beside it. */
export interface StreamRow {
  readonly taskId: TaskId;
  readonly version: number;
  readonly position: bigint;
  readonly type: string;
  readonly tenantId: string;
  readonly data: Uint8Array;
  /** Bytes of the payload (of the first event) or of the result (of the last). */
  readonly contentSize: number | null;
  readonly head: HeadRow | null;
}
