import { z } from 'zod';
import type { TaskFilter } from '../../../tasks/task-services.ts';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { zLambdaId, zNodeId } from '../ids.ts';
import { linkToNext, pageOf, pagingQuery, zQueryInteger } from '../paging.ts';
import { taskListExamples } from './task-examples.ts';
import { taskListJson } from './task-json.ts';
import { zOutcome, zState, zTaskList } from './task-schemas.ts';

const issuedBound = (description: string) =>
  zQueryInteger({ min: 0, max: 99_999_999_999, description, example: 1_678_087_212 })
    .optional()
    .meta({ description });

const query = z.strictObject({
  ...pagingQuery,
  state: zState.optional().meta({ description: 'Only tasks in this state.' }),
  outcome: zOutcome.optional().meta({ description: 'Only tasks that ended so.' }),
  lambdaId: zLambdaId.optional().meta({ description: 'Only tasks of this lambda.' }),
  node: zNodeId.optional().meta({ description: 'Only tasks that this node has or had last.' }),
  issuedAfter: issuedBound('Unix seconds: issued in a later second than this.'),
  issuedBefore: issuedBound('Unix seconds: issued in an earlier second than this.'),
  order: z
    .enum(['asc', 'desc'])
    .default('desc')
    .meta({ description: 'By the time of issue; `desc`: newest first.' }),
});

type Query = z.infer<typeof query>;

export const listTasks = defineRoute({
  operation: 'listTasks',
  tag: 'Tasks',
  summary: "The caller's tasks, newest first",
  description:
    'Pages are joined by the `Link` header. Lists follow the log: what was issued a moment ago may take some milliseconds to appear, and `GET` by id finds it at once.',
  method: 'get',
  path: '/v1/task/list',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'One page; the last one has no `Link`.',
      headers: ['Link'],
      content: { kind: 'json', schema: zTaskList, examples: taskListExamples },
    },
  ],
  problems: ['INVALID_CURSOR'],
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
