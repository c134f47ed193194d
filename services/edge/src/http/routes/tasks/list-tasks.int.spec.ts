import { beforeAll, describe, expect, it } from 'vitest';
import { fakeNode } from '../../../grpc/testing/fake-backends.ts';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { runnableLambda } from '../../../testing/runnable-lambda.ts';
import type { TestAnswer } from '../../../testing/test-edge.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';
import { zTaskList } from './task-schemas.ts';

const { edge, stranger } = useTestTasks();

describe('list (1.3)', () => {
  let token: string;
  const ids: string[] = [];
  const list = (query = '') => edge().send('GET', `/v1/task/list${query}`, { token });
  const idsOf = ({ json }: TestAnswer) => (json as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    const userId = '5f0000000000000000000009';
    token = await edge().token({ userId });
    const lambdaId = await runnableLambda(edge(), { token });
    for (let n = 0; n < 5; n += 1) {
      const body = { lambdaId, timeout: 10 };
      const answer = await edge().send('POST', '/v1/task', { body, token });
      ids.unshift((answer.json as { id: string }).id);
    }
    edge().backends.finish(ids[4] as string, { outcome: 'failed', status: 500 });
    edge().backends.assign(ids[3] as string);
  });

  it('is a bare array of the own tasks, newest first', async () => {
    const answer = await list();
    expect(idsOf(answer)).toEqual(ids);
    expect(zTaskList.parse(answer.json)).toHaveLength(5);
    expect(answer.headers.get('link')).toBeNull();
  });

  it('pages by limit and cursor until Link says no more', async () => {
    const seen: string[] = [];
    let target: string | undefined = '/v1/task/list?limit=2';
    while (target !== undefined) {
      const answer: TestAnswer = await edge().send('GET', target, { token });
      seen.push(...idsOf(answer));
      const link = answer.headers.get('link');
      expect(link ?? '<x>; rel="next"').toMatch(/^<[^>]+>; rel="next"$/);
      target = link?.slice(1, link.indexOf('>'));
    }
    expect(seen).toEqual(ids);
  });

  it.each<[string, number[]]>([
    ['?order=asc', [4, 3, 2, 1, 0]],
    ['?state=finished', [4]],
    ['?state=assigned', [3]],
    ['?outcome=failed', [4]],
    ['?outcome=lost', []],
    [`?node=${fakeNode}&order=desc`, [3, 4]],
    ['?lambdaId=000000000000000000000000', []],
    ['?issuedAfter=1', [0, 1, 2, 3, 4]],
    ['?issuedAfter=99999999999', []],
    ['?issuedBefore=99999999999', [0, 1, 2, 3, 4]],
    ['?issuedBefore=0', []],
  ])('%s gives %j', async (query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected.map((index) => ids[index]));
  });

  it('compares bounds with the second that is shown', async () => {
    const [first] = (await list('?limit=1')).json as { issued: string }[];
    const issued = Number(first?.issued);
    expect(idsOf(await list(`?issuedAfter=${issued}`))).not.toContain(ids[0]);
    expect(idsOf(await list(`?issuedAfter=${issued - 1}`))).toContain(ids[0]);
    expect(idsOf(await list(`?issuedBefore=${issued}`))).not.toContain(ids[0]);
    expect(idsOf(await list(`?issuedBefore=${issued + 1}`))).toContain(ids[0]);
  });

  it.each([
    '?limit=0',
    '?limit=1001',
    '?limit=x',
    '?limit=1&limit=2',
    '?state=new',
    '?outcome=ok',
    '?lambdaId=7',
    '?node=7',
    '?issuedAfter=yesterday',
    '?issuedBefore=-1',
    '?order=up',
    '?cursor=',
    '?sort=id',
  ])('refuses %s', async (query) => {
    expectProblem(await list(query), 400, 'INVALID_PARAMETER');
  });

  it('names every wrong parameter', async () => {
    expect((await list('?limit=0&stat=x&order=up')).json).toMatchObject({
      errors: [{ pointer: '/limit' }, { pointer: '/order' }, { pointer: '/stat' }],
    });
  });

  it('refuses a cursor that is not its own', async () => {
    expectProblem(await list('?cursor=forged'), 400, 'INVALID_CURSOR');
  });

  it('is empty for a stranger', async () => {
    expect((await edge().send('GET', '/v1/task/list', { token: stranger() })).json).toEqual([]);
  });
});
