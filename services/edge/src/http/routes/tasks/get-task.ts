import { z } from 'zod';
import { textResultOf } from '../../../tasks/text-result.ts';
import { notModified, ok } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';
import { entityTagOf, isNoneMatch, versionSeen, zIfNoneMatch } from './entity-tag.ts';
import { taskExamples } from './task-examples.ts';
import { taskJson } from './task-json.ts';
import { zTask } from './task-schemas.ts';

export const getTask = defineRoute({
  operation: 'getTask',
  tag: 'Tasks',
  summary: 'One task, with its result when that is short text',
  description:
    'To wait for the end of a task, ask for its result with `wait`, or watch it; both cost less than polling this.',
  method: 'get',
  path: '/v1/task/{taskId}',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'The task as it is now.',
      headers: ['ETag'],
      content: { kind: 'json', schema: zTask, examples: taskExamples },
    },
    {
      as: 'not modified',
      description: 'Still as it was under the `ETag` that `If-None-Match` names.',
      headers: ['ETag'],
      content: nothing,
    },
  ],
  problems: ['TASK_NOT_FOUND'],
  params: taskPath,
  headers: z.object({ 'If-None-Match': zIfNoneMatch }),
  async handle({ tenantId, params: { taskId }, headers }, { taskQueries, taskResults }) {
    const key = { tenantId, taskId };
    const seen = headers['If-None-Match'];
    const task = await taskQueries.get(key, versionSeen(seen));
    const etag = entityTagOf(task.version);
    if (!isNoneMatch(seen, etag)) return notModified({ etag });
    return ok(taskJson(task, await textResultOf(key, task, taskResults)), { etag });
  },
});
