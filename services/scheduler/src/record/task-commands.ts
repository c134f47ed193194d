import type { ErrorCode, NodeId, ReleaseReason, TaskId, TaskOutcome } from '@greencloud/domain';
import type { LogContent } from '@greencloud/event-log';

export interface AssignCommand {
  readonly commandId: string;
  readonly taskId: TaskId;
  readonly expectedVersion: number;
  readonly nodeId: NodeId;
  readonly sessionEpoch: bigint;
}

export type Entry =
  | { readonly kind: 'progress'; readonly percent: number }
  | {
      readonly kind: 'finish';
      readonly outcome: TaskOutcome;
      readonly status: number;
      readonly detail: string;
      readonly result: LogContent | undefined;
    }
  | { readonly kind: 'release'; readonly reason: ReleaseReason }
  | { readonly kind: 'expiry' };

export interface ReportCommand {
  readonly commandId: string;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly nodeId: NodeId | 'none';
  readonly sessionEpoch: bigint;
  readonly entry: Entry;
}

export interface Refused {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
}

/** It may or may not have happened: the same command must be sent again. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly error: unknown;
}

export type AssignAnswer =
  | {
      readonly kind: 'assigned';
      readonly attempt: number;
      readonly payload: LogContent | undefined;
    }
  | Refused
  | Unknown;

export type ReportAnswer = { readonly kind: 'recorded' } | Refused | Unknown;

/** The log's write side. Answers in the order of the commands and never rejects. */
export interface TaskCommands {
  assign(commands: readonly AssignCommand[]): Promise<readonly AssignAnswer[]>;
  report(commands: readonly ReportCommand[]): Promise<readonly ReportAnswer[]>;
}
