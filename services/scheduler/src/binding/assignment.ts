import type { LogContent } from '@greencloud/event-log';
import type { OpenTask } from '../board/open-task.ts';
import type { Assignment } from '../fleet/messages.ts';

/** What a node must know to run an attempt. */
export function assignmentOf(
  { taskId, state }: OpenTask,
  attempt: number,
  payload: LogContent | undefined,
): Assignment {
  const { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities } = state;
  const { memSize } = capabilities;
  return { taskId, attempt, tenantId, lambdaId, codeVersion, timeoutSeconds, memSize, payload };
}
