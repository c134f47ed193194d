import type { CallersOf } from '@greencloud/grpc';
import type { EventLogServiceService } from '@greencloud/proto/eventlog/v1/event_log';
import type { TaskCommandServiceService } from '@greencloud/proto/task/v1/task_command';

/** The edge speaks for tenants, the scheduler for nodes. Nobody else changes a task. */
export const commandCallers: CallersOf<TaskCommandServiceService> = {
  issueTasks: ['edge'],
  cancelTasks: ['edge'],
  assignTasks: ['scheduler'],
  reportTasks: ['scheduler'],
};

export const logCallers: CallersOf<EventLogServiceService> = {
  getLog: ['projection', 'scheduler', 'operator'],
  readPartition: ['projection', 'scheduler', 'operator'],
  readTasks: ['projection', 'scheduler', 'operator'],
  listOpenTasks: ['scheduler', 'operator'],
  batchGetResults: ['edge', 'operator'],
  getPayload: ['scheduler', 'operator'],
};
