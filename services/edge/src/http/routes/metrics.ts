import { z } from 'zod';
import { ok } from '../routing/answer.ts';
import { defineRoute } from '../routing/define-route.ts';

const zCount = z.int().min(0);
const dayMs = 86_400_000;

export const getMetrics = defineRoute({
  operation: 'getMetrics',
  summary: "The caller's tasks and nodes in numbers",
  method: 'get',
  path: '/v1/metrics',
  scope: 'task:read',
  produces: z.strictObject({
    pendingTasks: zCount,
    runningTasks: zCount,
    activeNodes: zCount,
    freeNodes: zCount,
    busyNodes: zCount,
    todayTasks: zCount,
    completedTasks: zCount,
  }),
  problems: [],
  async handle({ tenantId, exchange: { gone } }, { taskQueries, nodes }) {
    const [tasks, counted] = await Promise.all([
      taskQueries.count(tenantId, startOfDay(Date.now()), gone),
      nodes.count(tenantId, gone),
    ]);
    return ok({
      pendingTasks: tasks.pending,
      runningTasks: tasks.running,
      activeNodes: counted.active,
      freeNodes: counted.free,
      busyNodes: counted.busy,
      todayTasks: tasks.issuedToday,
      completedTasks: tasks.finished,
    });
  },
});

/** Days are UTC: a token says nothing of the caller's clock. */
function startOfDay(now: number): number {
  return now - (now % dayMs);
}
