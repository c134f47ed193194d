import { textResultOf } from '../../../tasks/text-result.ts';
import { notModified, ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';
import { entityTagOf, isNoneMatch } from './entity-tag.ts';
import { taskJson } from './task-json.ts';
import { zTask } from './task-schemas.ts';

export const getTask = defineRoute({
  operation: 'getTask',
  summary: 'One task, with its result when that is short text',
  method: 'get',
  path: '/v1/task/{taskId}',
  scope: 'task:read',
  produces: zTask,
  problems: ['INVALID_ID', 'TASK_NOT_FOUND'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskQueries, taskResults }) {
    const key = { tenantId, taskId };
    const task = await taskQueries.get(key);
    const headers = { etag: entityTagOf(task.version) };
    if (!isNoneMatch(exchange.header('if-none-match'), headers.etag)) return notModified(headers);
    return ok(taskJson(task, await textResultOf(key, task, taskResults)), headers);
  },
});
