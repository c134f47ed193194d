import type { TaskCommand, TaskEvent, TaskId } from '@greencloud/domain';

/** Bytes kept beside the events: a payload or a result. */
export interface Content {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface Idempotency {
  /** 1..255 visible ASCII characters, the tenant's own. */
  readonly key: string;
  /** SHA-256 of the request that the key stands for. */
  readonly requestHash: Uint8Array;
}

/** A command on its way into the log. */
export interface AppendRequest {
  readonly taskId: TaskId;
  /** A UUID; sent again, the command has no second effect. */
  readonly commandId: string;
  readonly command: TaskCommand;
  readonly content: Content | undefined;
  /** Of an IssueTask only. */
  readonly idempotency: Idempotency | undefined;
  /** Unix ms after which nobody waits for the answer. */
  readonly deadline: number;
}

export type PayloadKept = 'none' | 'kept';

export type AppendAnswer =
  /** In the log, by this call or by an earlier one with the same command id. */
  | {
      readonly kind: 'appended';
      readonly taskId: TaskId;
      readonly version: number;
      readonly event: TaskEvent;
      /** Whether the task has a payload row. */
      readonly payload: PayloadKept;
    }
  /** The task already was as the command wants it. */
  | { readonly kind: 'unchanged'; readonly version: number }
  /** Another command with the same idempotency key had issued this task. */
  | { readonly kind: 'replayed'; readonly taskId: TaskId; readonly version: number };
