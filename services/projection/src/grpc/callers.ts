import type { CallersOf } from '@greencloud/grpc';
import type { TaskQueryServiceService } from '@greencloud/proto/task/v1/task_query';

/** The edge speaks for tenants, in batches. */
export const queryCallers: CallersOf<TaskQueryServiceService> = {
  getTask: ['operator'],
  batchGetTasks: ['edge', 'operator'],
  listTasks: ['edge', 'operator'],
  getTaskHistory: ['edge', 'operator'],
  watchTask: ['edge', 'operator'],
  countTasks: ['edge', 'operator'],
};
