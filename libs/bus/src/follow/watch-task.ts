import type { TaskId } from '@greencloud/domain';
import type { NatsConnection } from 'nats';
import type { Unsubscribe } from '../messages.ts';
import { taskSubjects } from '../subjects.ts';

/**
 * One task's events as they are published, by a core subscription: nothing is kept for it on the
 * server. Resolves when the server has it, so what is read from the log after that joins without
 * a gap. Messages may repeat or go missing; versions tell.
 */
export async function watchTask(
  nats: NatsConnection,
  partition: number,
  taskId: TaskId,
  onMessage: (bytes: Uint8Array) => void,
): Promise<Unsubscribe> {
  const subscription = nats.subscribe(taskSubjects(partition, taskId), {
    callback: (error, message) => {
      if (error === null) onMessage(message.data);
    },
  });
  await nats.flush();
  return () => subscription.unsubscribe();
}
