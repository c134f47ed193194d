import type {
  Capabilities,
  CodeVersion,
  ContentInfo,
  LambdaId,
  NodeId,
  TaskId,
  TaskOutcome,
  TenantId,
} from '@greencloud/domain';

export type TaskRowState = 'issued' | 'assigned' | 'running' | 'finished';

/** A task as it is read. Times are Unix ms; null for what has not happened (or was taken back). */
export interface TaskRow {
  readonly taskId: TaskId;
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: CodeVersion;
  readonly issuedAt: number;
  readonly assignedAt: number | null;
  readonly finishedAt: number | null;
  /** 0..100. */
  readonly progress: number;
  readonly nodeId: NodeId | null;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  readonly state: TaskRowState;
  readonly outcome: TaskOutcome | null;
  /** The HTTP status that the lambda answered, 0 until finished. */
  readonly status: number;
  readonly attempt: number;
  readonly version: number;
  readonly detail: string;
  readonly result: ContentInfo | null;
}
