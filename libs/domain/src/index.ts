export type {
  AssignTask,
  CancelTask,
  ExpireTask,
  FinishTask,
  IssueTask,
  ReleaseTask,
  ReportProgress,
  TaskCommand,
} from './commands.ts';
export { type Decision, decide } from './decide.ts';
export { DomainError, type ErrorCode, errorCodes, type FieldError, isErrorCode } from './errors.ts';
export { evolve, fold } from './evolve.ts';
export {
  type CodeVersion,
  type LambdaId,
  type NodeId,
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  parseTaskId,
  parseTenantId,
  type TaskId,
  type TenantId,
} from './ids.ts';
export { partitionOf } from './partition.ts';
export { type Slots, unitsOfSlot, unitsTaken } from './slots.ts';
export {
  type AssignedTask,
  type Capabilities,
  type ContentInfo,
  type FinishedTask,
  initialState,
  maxNodeLosses,
  type ReleaseReason,
  type RunningTask,
  type TaskAssigned,
  type TaskEvent,
  type TaskFinished,
  type TaskIssued,
  type TaskOutcome,
  type TaskProgressed,
  type TaskReleased,
  type TaskState,
  type UnknownTask,
  type WaitingTask,
} from './task.ts';
