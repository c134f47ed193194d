import { z } from 'zod';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';
import { zTaskEvent } from './task-event-schemas.ts';
import { historyExamples } from './task-examples.ts';
import { eventJson } from './task-json.ts';

export const getTaskHistory = defineRoute({
  operation: 'getTaskHistory',
  tag: 'Tasks',
  summary: "A task's events in order",
  description:
    'Everything that has happened to the task, straight from the log. Versions are 1, 2, 3, … without gaps.',
  method: 'get',
  path: '/v1/task/{taskId}/history',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'The events so far.',
      content: { kind: 'json', schema: z.array(zTaskEvent), examples: historyExamples },
    },
  ],
  problems: ['TASK_NOT_FOUND'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskQueries }) {
    const events = await taskQueries.history({ tenantId, taskId }, exchange.gone);
    return ok(events.map(eventJson));
  },
});
