import { z } from 'zod';
import type { TaskFilter } from '../../../tasks/task-services.ts';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { zLambdaId, zNodeId } from '../ids.ts';
import { linkToNext, pageOf, pagingQuery, zQueryInteger } from '../paging.ts';
import { taskListJson } from './task-json.ts';
import { zOutcome, zState, zTaskList } from './task-schemas.ts';

const zUnixSeconds = zQueryInteger({ min: 0, max: 99_999_999_999 });

const query = z.strictObject({
  ...pagingQuery,
  state: zState.optional(),
  outcome: zOutcome.optional(),
  lambdaId: zLambdaId.optional(),
  node: zNodeId.optional(),
  issuedAfter: zUnixSeconds.optional(),
  issuedBefore: zUnixSeconds.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
});

type Query = z.infer<typeof query>;

export const listTasks = defineRoute({
  operation: 'listTasks',
  summary: "The caller's tasks, newest first",
  method: 'get',
  path: '/v1/task/list',
  scope: 'task:read',
  produces: zTaskList,
  problems: ['INVALID_CURSOR', 'INVALID_PARAMETER'],
  query,
  async handle({ tenantId, query, exchange }, { taskQueries }) {
    const filter = filterOf(query);
    const page = await taskQueries.list(tenantId, filter, pageOf(query), exchange.gone);
    return ok(page.tasks.map(taskListJson), linkToNext(exchange.path, query, page.next));
  },
});

function filterOf({ state, outcome, lambdaId, node, order, ...issued }: Query): TaskFilter {
  return {
    state,
    outcome,
    lambdaId,
    nodeId: node,
    issuedAfter: afterSecond(issued.issuedAfter),
    issuedBefore: beforeSecond(issued.issuedBefore),
    order: order === 'asc' ? 'oldest first' : 'newest first',
  };
}

// Bounds are compared with the `issued` that callers see, which is in whole seconds: after the
// second n is after its last millisecond.
function afterSecond(second: number | undefined): number {
  return second === undefined ? 0 : second * 1_000 + 999;
}

// 0 would mean no bound.
function beforeSecond(second: number | undefined): number {
  return second === undefined ? 0 : Math.max(1, second * 1_000);
}
