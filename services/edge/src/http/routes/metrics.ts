import { z } from 'zod';
import { startOfDay } from '../../tasks/start-of-day.ts';
import { ok } from '../routing/answer.ts';
import type { Examples } from '../routing/answer-spec.ts';
import { defineRoute } from '../routing/define-route.ts';

const zCount = z.int().min(0);
const zMetrics = z
  .strictObject({
    pendingTasks: zCount.meta({ description: 'Issued, and not running yet.' }),
    runningTasks: zCount,
    activeNodes: zCount.meta({ description: 'Connected.' }),
    freeNodes: zCount.meta({ description: 'Of these, those that can take a task now.' }),
    busyNodes: zCount.meta({ description: 'The other active ones.' }),
    todayTasks: zCount.meta({ description: 'Issued since 0:00 UTC.' }),
    completedTasks: zCount.meta({ description: 'Finished, in whatever way.' }),
  })
  .meta({ id: 'Metrics' });

const metricsExamples: Examples = {
  busy: {
    summary: 'A busy moment',
    value: {
      pendingTasks: 3,
      runningTasks: 2,
      activeNodes: 2,
      freeNodes: 1,
      busyNodes: 1,
      todayTasks: 120,
      completedTasks: 4_711,
    },
  },
};

export const getMetrics = defineRoute({
  operation: 'getMetrics',
  tag: 'Metrics',
  summary: "The caller's tasks and nodes in numbers",
  method: 'get',
  path: '/v1/metrics',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'The numbers now.',
      content: { kind: 'json', schema: zMetrics, examples: metricsExamples },
    },
  ],
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
