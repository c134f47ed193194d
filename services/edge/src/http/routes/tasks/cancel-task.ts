import { noContent } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';
import { entityTagOf } from './entity-tag.ts';

export const cancelTask = defineRoute({
  operation: 'cancelTask',
  tag: 'Tasks',
  summary: 'Cancel a task; a running lambda is stopped',
  description:
    'The outcome is `cancelled` from this answer on. A lambda that runs is killed, usually within a second. Safe to repeat.',
  method: 'delete',
  path: '/v1/task/{taskId}',
  scope: 'task:write',
  answers: [
    {
      as: 'no content',
      description:
        'It is cancelled. Whoever sends the `ETag` along with a read, as `If-None-Match`, is not answered as if it were not.',
      headers: ['ETag'],
      content: nothing,
    },
  ],
  problems: ['TASK_NOT_FOUND', 'TASK_ALREADY_FINISHED', 'CONFLICT'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskCommands }) {
    const version = await taskCommands.cancel({ tenantId, taskId }, exchange.gone);
    return noContent({ etag: entityTagOf(version) });
  },
});
