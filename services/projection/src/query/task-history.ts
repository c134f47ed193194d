import { DomainError } from '@greencloud/domain';
import type { LogReader, RecordedEvent } from '@greencloud/event-log';
import type { CallOptions } from '@greencloud/grpc';
import type { TaskKey } from './task-key.ts';

/** The task's events in order, from the log. Throws `TASK_NOT_FOUND`. */
export async function taskHistory(
  reader: Pick<LogReader, 'readTasks'>,
  { tenantId, taskId }: Omit<TaskKey, 'minVersion'>,
  call: CallOptions = {},
): Promise<RecordedEvent[]> {
  const events = (await reader.readTasks([taskId], call)).get(taskId) ?? [];
  if (events[0]?.tenantId !== tenantId) throw new DomainError('TASK_NOT_FOUND', 'No such task');
  return events;
}
