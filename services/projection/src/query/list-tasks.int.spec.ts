import { DomainError, parseLambdaId, parseTenantId } from '@greencloud/domain';
import { createMemoryLog, storyLambda, storyNodes, taskStory } from '@greencloud/event-log/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { liveSchema } from '../postgres/database.ts';
import { taskNumber, tenants } from '../testing/stories.ts';
import { type TestViews, withViews } from '../testing/test-views.ts';
import type { TaskRow } from '../view/task-row.ts';
import { readCounts } from './count-tasks.ts';
import type { ListFilter } from './list-filter.ts';
import { listTasks, pageQuery } from './list-tasks.ts';

const mine: ListFilter = {
  tenantId: tenants[0],
  state: null,
  outcome: null,
  lambdaId: null,
  nodeId: null,
  issuedAfter: null,
  issuedBefore: null,
  order: 'newest_first',
};
const midnight = 1_678_060_800_000;
// Waiting, assigned, running, succeeded, failed, cancelled.
const shapes = [[], [0], [0, 4], [0, 4, 2], [0, 4, 10], [15]];

describe('listTasks', () => {
  let views: TestViews;
  let all: TaskRow[];

  beforeAll(async () => {
    views = await withViews();
    let now = midnight - 2_000;
    // Two tasks a second, so that the order must fall back to the id.
    const log = createMemoryLog({
      partitions: 1,
      now: () => Math.floor((now += 50) / 1_000) * 1_000,
    });
    for (let number = 0; number < 120; number++) {
      const choices = shapes[number % shapes.length] ?? [];
      log.append(taskNumber(number), ...taskStory(choices, tenants[0]));
    }
    log.append(taskNumber(999), ...taskStory([], tenants[1]));
    await applyBatch(
      { db: views.db, schema: liveSchema, writer: { kind: 'rebuild' } },
      log.events(0),
    );
    all = await everything(mine, 1_000);
  });
  afterAll(() => views.close());

  async function everything(filter: ListFilter, size: number): Promise<TaskRow[]> {
    const found: TaskRow[] = [];
    let cursor = '';
    do {
      const page = await listTasks(views.db, filter, { size, cursor });
      found.push(...page.tasks);
      cursor = page.nextCursor;
    } while (cursor !== '');
    return found;
  }

  const idsOf = (rows: readonly TaskRow[]) => rows.map(({ taskId }) => taskId);

  it("shows the newest first, and only the tenant's own", () => {
    expect(all).toHaveLength(120);
    const sorted = [...all].sort(
      (x, y) => y.issuedAt - x.issuedAt || (x.taskId < y.taskId ? 1 : -1),
    );
    expect(idsOf(all)).toEqual(idsOf(sorted));
    expect(new Set(all.map(({ issuedAt }) => issuedAt)).size).toBeLessThan(all.length);
  });

  it.each([1, 7, 60, 119, 120])('gives every task once in pages of %i, both ways', async (size) => {
    expect(idsOf(await everything(mine, size))).toEqual(idsOf(all));
    const oldest = await everything({ ...mine, order: 'oldest_first' }, size);
    expect(idsOf(oldest)).toEqual(idsOf(all).toReversed());
  });

  it('does not move the pages when tasks are issued meanwhile', async () => {
    const first = await listTasks(views.db, mine, { size: 10, cursor: '' });
    const second = await listTasks(views.db, mine, { size: 10, cursor: first.nextCursor });
    expect(idsOf([...first.tasks, ...second.tasks])).toEqual(idsOf(all).slice(0, 20));
  });

  it.each<[string, Partial<ListFilter>, (row: TaskRow) => boolean]>([
    ['state', { state: 'running' }, (row) => row.state === 'running'],
    ['finished', { state: 'finished' }, (row) => row.state === 'finished'],
    ['outcome', { outcome: 'failed' }, (row) => row.outcome === 'failed'],
    ['lambda', { lambdaId: storyLambda }, () => true],
    ['other lambda', { lambdaId: parseLambdaId('f'.repeat(24)) }, () => false],
    ['node', { nodeId: storyNodes[0] }, (row) => row.nodeId === storyNodes[0]],
    ['after', { issuedAfter: midnight }, (row) => row.issuedAt > midnight],
    ['before', { issuedBefore: midnight }, (row) => row.issuedAt < midnight],
    [
      'all at once',
      { state: 'finished', outcome: 'succeeded', nodeId: storyNodes[0], issuedAfter: midnight },
      (row) => row.outcome === 'succeeded' && row.issuedAt > midnight,
    ],
  ])('filters by %s', async (_, filter, fits) => {
    expect(idsOf(await everything({ ...mine, ...filter }, 13))).toEqual(idsOf(all.filter(fits)));
  });

  it('refuses a cursor of another filter', async () => {
    const { nextCursor } = await listTasks(views.db, mine, { size: 1, cursor: '' });
    const other = listTasks(
      views.db,
      { ...mine, state: 'running' },
      { size: 1, cursor: nextCursor },
    );
    await expect(other).rejects.toThrow(DomainError);
  });

  it.each<[string, Partial<ListFilter>]>([
    ['no filter', {}],
    ['a state', { state: 'finished' }],
    ['an outcome', { outcome: 'failed' }],
    ['a lambda', { lambdaId: storyLambda }],
    ['a node', { nodeId: storyNodes[0] }],
  ])('reads a page with %s in the order of an index, without sorting', async (_, filter) => {
    await sql`analyze projection.task_view`.execute(views.db);
    const plan = await planOf({ ...mine, ...filter });
    expect(plan).toContain('Index Scan');
    expect(plan).not.toContain('Sort');
  });

  async function planOf(filter: ListFilter): Promise<string> {
    return await views.db.connection().execute(async (connection) => {
      // 121 rows would be sorted whatever the indexes; forbidden, a sort shows that none has the order.
      for (const way of ['sort', 'seqscan', 'bitmapscan']) {
        await sql`set enable_${sql.raw(way)} = off`.execute(connection);
      }
      const start = { issuedAt: midnight, taskId: taskNumber(7) };
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
        explain ${pageQuery(filter, start, 11)}`.execute(connection);
      await sql`reset all`.execute(connection);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
  }

  it('counts by the counters', async () => {
    const counts = await readCounts(views.db, tenants[0], 0);
    const count = (state: string) => BigInt(all.filter((row) => row.state === state).length);
    expect(counts).toEqual({
      pending: count('issued') + count('assigned'),
      running: count('running'),
      finished: count('finished'),
      issuedToday: 120n,
    });
  });

  it.each([
    ['a quarter of an hour', midnight],
    ['any other moment', midnight + 2_000],
    ['a moment before all', midnight - 3_600_001],
    ['a moment after all', midnight + 3_600_001],
  ])('counts what was issued since %s', async (_, since) => {
    const { issuedToday } = await readCounts(views.db, tenants[0], since);
    expect(issuedToday).toBe(BigInt(all.filter((row) => row.issuedAt >= since).length));
  });

  it('counts nothing for a tenant that never was here', async () => {
    const nobody = parseTenantId('5f00000000000000000000ff');
    expect(await readCounts(views.db, nobody, 0)).toEqual({
      pending: 0n,
      running: 0n,
      finished: 0n,
      issuedToday: 0n,
    });
  });
});
