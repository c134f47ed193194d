import type {
  CodeVersion,
  LambdaId,
  ReleaseReason,
  TaskId,
  TaskOutcome,
  TenantId,
} from '@greencloud/domain';

/** One execution of a task; the attempt is its fencing token. */
export interface AttemptKey {
  readonly taskId: TaskId;
  readonly attempt: number;
}

export interface Content {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface Assignment extends AttemptKey {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: CodeVersion;
  readonly timeoutSeconds: number;
  /** MiB; 0: the node's default. */
  readonly memSize: number;
  readonly payload: Content | undefined;
}

export interface Finish {
  readonly kind: 'finish';
  readonly outcome: TaskOutcome;
  /** As an HTTP status. */
  readonly status: number;
  readonly detail: string;
  readonly result: Content | undefined;
}

export interface Release {
  readonly kind: 'release';
  readonly reason: ReleaseReason;
}

/** It stood behind the slots for too long, and was not begun. */
export interface Returned {
  readonly kind: 'returned';
}

/** What the scheduler is told of an attempt; per attempt in this order, with one end. */
export type ReportBody =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'progress'; readonly percent: number }
  | Finish
  | Release
  | Returned;
