import type { ListTasksRequest } from '@greencloud/proto/task/v1/task_query';
import { describe, expect, it } from 'vitest';
import { codeOf, listOf, mine, one, theirs, three, two } from '../testing/query-calls.ts';
import { taskNumber } from '../testing/stories.ts';
import { useQueryService } from '../testing/use-query-service.ts';

describe('TaskQueryService', () => {
  const query = useQueryService();

  it('lists in pages of 100, and makes larger ones than 1,000 smaller', async () => {
    const { client, append, applyAll } = query();
    for (let number = 10; number < 130; number++) append(taskNumber(number), []);
    await applyAll();
    const first = await client.unary('listTasks', listOf);
    expect(first.tasks).toHaveLength(100);
    const pageToken = first.nextPageToken;
    const second = await client.unary('listTasks', { ...listOf, pageToken });
    expect(second.tasks).toHaveLength(20);
    expect(second.nextPageToken).toBe('');
    const all = await client.unary('listTasks', { ...listOf, pageSize: 5_000 });
    expect(all.tasks).toHaveLength(120);
    expect(
      await codeOf(client.unary('listTasks', { ...listOf, tenantId: theirs, pageToken })),
    ).toBe('INVALID_CURSOR');
  });

  it.each<[string, Partial<ListTasksRequest>]>([
    ['a lambda id', { lambdaId: 'x' }],
    ['a node id', { nodeId: 'x' }],
    ['a state', { state: 77 as never }],
    ['an outcome', { outcome: 77 as never }],
    ['a time', { issuedAfter: -1n }],
    ['a tenant', { tenantId: '' }],
  ])('refuses %s that is none', async (_, wrong) => {
    const { client } = query();
    const code = await codeOf(client.unary('listTasks', { ...listOf, ...wrong }));
    expect(['INVALID_ID', 'INVALID_PARAMETER', 'NEEDS_LOGIN']).toContain(code);
  });

  it("counts a tenant's tasks", async () => {
    const { client, append, applyAll } = query();
    append(one, [0, 4, 2]);
    append(two, [0, 4]);
    append(three, [], theirs);
    await applyAll();
    const counts = await client.unary('countTasks', { tenantId: mine, todaySince: 0n });
    expect(counts).toEqual({ pending: 0n, running: 1n, issuedToday: 2n, finished: 1n });
  });
});
