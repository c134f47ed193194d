import type { Capabilities, LambdaId, TaskId, TaskOutcome, TenantId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { TaskView, ViewState } from './task-view.ts';

/** A foreign id is an unknown id: every call is within one tenant. */
export interface TaskKey {
  readonly tenantId: TenantId;
  readonly taskId: TaskId;
}

export interface Content {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface NewTask {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: string;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  readonly payload: Content | undefined;
  readonly idempotency: Idempotency | undefined;
}

export interface Idempotency {
  readonly key: string;
  /** SHA-256 of what was asked for. */
  readonly requestHash: Uint8Array;
}

export interface IssuedTask {
  readonly taskId: string;
  readonly origin: 'issued now' | 'replayed';
}

export interface TaskCommands {
  /** Resolves when the task is durably in the log. */
  issue(task: NewTask): Promise<IssuedTask>;
  /** What the key has issued before; undefined: nothing. Rejects with `IDEMPOTENCY_KEY_REUSED`. */
  replay(tenantId: TenantId, idempotency: Idempotency): Promise<IssuedTask | undefined>;
  /** The version of its end. */
  cancel(key: TaskKey, signal: AbortSignal): Promise<number>;
}

export interface TaskFilter {
  readonly state: ViewState | undefined;
  readonly outcome: TaskOutcome | undefined;
  readonly lambdaId: string | undefined;
  readonly nodeId: string | undefined;
  /** Unix ms, both exclusive; 0: no bound. */
  readonly issuedAfter: number;
  readonly issuedBefore: number;
  readonly order: 'newest first' | 'oldest first';
}

export interface Page {
  readonly limit: number;
  /** Empty: the first page. */
  readonly cursor: string;
}

export interface TaskPage {
  readonly tasks: readonly TaskView[];
  /** Empty: the last page. */
  readonly next: string;
}

export interface TaskCounts {
  readonly pending: number;
  readonly running: number;
  readonly issuedToday: number;
  readonly finished: number;
}

export interface TaskQueries {
  /** `atLeast`: a version that the caller has seen, whoever showed it; no older one is answered. */
  get(key: TaskKey, atLeast?: number): Promise<TaskView>;
  list(tenantId: TenantId, filter: TaskFilter, page: Page, signal: AbortSignal): Promise<TaskPage>;
  history(key: TaskKey, signal: AbortSignal): Promise<readonly RecordedEvent[]>;
  /** The events after a version, then live; ends after TaskFinished. */
  watch(key: TaskKey, afterVersion: number, signal: AbortSignal): AsyncIterable<RecordedEvent>;
  count(tenantId: TenantId, todaySince: number, signal: AbortSignal): Promise<TaskCounts>;
}

export interface TaskResults {
  /** `size` is what the view says of it; undefined when the log has no such content. */
  get(key: TaskKey, size: number): Promise<Content | undefined>;
}
