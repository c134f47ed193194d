import { z } from 'zod';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { taskPath } from '../ids.ts';
import { eventJson } from './task-json.ts';
import { zTaskEvent } from './task-schemas.ts';

export const getTaskHistory = defineRoute({
  operation: 'getTaskHistory',
  summary: "A task's events in order",
  method: 'get',
  path: '/v1/task/{taskId}/history',
  scope: 'task:read',
  produces: z.array(zTaskEvent),
  problems: ['INVALID_ID', 'TASK_NOT_FOUND'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskQueries }) {
    const events = await taskQueries.history({ tenantId, taskId }, exchange.gone);
    return ok(events.map(eventJson));
  },
});
