import { noContent } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';

export const cancelTask = defineRoute({
  operation: 'cancelTask',
  summary: 'Cancel a task; a running lambda is stopped',
  method: 'delete',
  path: '/v1/task/{taskId}',
  scope: 'task:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'TASK_NOT_FOUND', 'TASK_ALREADY_FINISHED'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskCommands }) {
    await taskCommands.cancel({ tenantId, taskId }, exchange.gone);
    return noContent();
  },
});
