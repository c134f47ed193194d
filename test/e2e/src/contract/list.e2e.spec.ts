import { eventually } from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { expectProblem, pointersOf } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

interface Listed {
  readonly id: string;
  readonly lambdaId: string;
  readonly issued: string;
  readonly progress: number;
  readonly status: number;
  readonly state: string;
}

describe('1.3: List', () => {
  let tenant: Tenant;
  let works: string;
  let waits: string;
  /** In the order of their issue: succeeded, failed, waiting, and a cancelled one. */
  let ids: Record<'succeeded' | 'failed' | 'waiting' | 'cancelled', string>;
  let node: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    works = await tenant.createLambda('works', await lambdaCode('obedient'));
    waits = await tenant.createLambda('waits', await lambdaCode('obedient'), impossible);
    const succeeded = await tenant.issue(works, '{"say":"x"}');
    const failed = await tenant.issue(works, '{"throw":"no"}');
    await Promise.all([succeeded, failed].map((id) => tenant.result(id)));
    const waiting = await tenant.issue(waits, '{}');
    const cancelled = await tenant.issue(waits, '{}');
    await tenant.call('DELETE', `/v1/task/${cancelled}`);
    ids = { succeeded, failed, waiting, cancelled };
    node = (await tenant.call('GET', `/v1/task/${succeeded}`)).json<{ node: string }>().node;
    await eventually(async () => {
      expect((await list('outcome=cancelled')).map(({ id }) => id)).toEqual([cancelled]);
    });
  });

  const get = (query = '', client: Tenant = tenant) =>
    client.call('GET', `/v1/task/list${query && `?${query}`}`);
  const list = async (query = '') => (await get(query)).json<Listed[]>();
  const idsOf = async (query = '') => (await list(query)).map(({ id }) => id);
  const inOrder = (...names: (keyof typeof ids)[]) => names.map((name) => ids[name]);

  it('answers 200 with a bare array', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toBeInstanceOf(Array);
  });

  it('answers [] to a tenant without tasks', async () => {
    expect((await get('', await stack().tenant())).text).toBe('[]');
  });

  it('gives the newest first', async () => {
    expect(await idsOf()).toEqual(inOrder('cancelled', 'waiting', 'failed', 'succeeded'));
  });

  it('gives the members id, lambdaId, issued, progress, status, state', async () => {
    const [cancelled] = await list();
    expect(cancelled).toEqual({
      id: ids.cancelled,
      lambdaId: waits,
      issued: expect.stringMatching(/^\d{10}$/),
      progress: expect.any(Number),
      status: 499,
      state: 'finished',
    });
    const members = new Set((await list()).map((task) => Object.keys(task).join()));
    expect([...members]).toEqual(['id,lambdaId,issued,progress,status,state']);
  });

  it('shows a caller its own tasks only', async () => {
    const other = await stack().tenant();
    const theirs = await other.createLambda('theirs', await lambdaCode('obedient'), impossible);
    const id = await other.issue(theirs, '{}');
    await eventually(async () => {
      expect((await get('', other)).json<Listed[]>().map((task) => task.id)).toEqual([id]);
    });
    expect(await idsOf()).not.toContain(id);
  });

  describe('filters by', () => {
    it.each<[string, (keyof typeof ids)[]]>([
      ['issued', ['waiting']],
      ['assigned', []],
      ['running', []],
      ['finished', ['cancelled', 'failed', 'succeeded']],
    ])('state=%s', async (state, names) => {
      expect(await idsOf(`state=${state}`)).toEqual(inOrder(...names));
    });

    it.each<[string, (keyof typeof ids)[]]>([
      ['succeeded', ['succeeded']],
      ['failed', ['failed']],
      ['cancelled', ['cancelled']],
      ['timed_out', []],
      ['expired', []],
      ['lost', []],
    ])('outcome=%s', async (outcome, names) => {
      expect(await idsOf(`outcome=${outcome}`)).toEqual(inOrder(...names));
    });

    it('lambdaId', async () => {
      expect(await idsOf(`lambdaId=${works}`)).toEqual(inOrder('failed', 'succeeded'));
      expect(await idsOf(`lambdaId=${newId()}`)).toEqual([]);
    });

    it('node', async () => {
      expect(await idsOf(`node=${node}`)).toContain(ids.succeeded);
      expect(await idsOf(`node=${node}`)).not.toContain(ids.waiting);
      expect(await idsOf(`node=${crypto.randomUUID()}`)).toEqual([]);
    });

    it('issuedAfter and issuedBefore (Unix seconds)', async () => {
      const seconds = (await list()).map(({ issued }) => Number(issued));
      const [first, last] = [Math.min(...seconds), Math.max(...seconds)];
      expect(await list(`issuedAfter=${first - 1}`)).toHaveLength(4);
      expect(await list(`issuedAfter=${last}`)).toEqual([]);
      expect(await list(`issuedBefore=${last + 1}`)).toHaveLength(4);
      expect(await list(`issuedBefore=${first}`)).toEqual([]);
      expect(await list(`issuedAfter=${first - 1}&issuedBefore=${last + 1}`)).toHaveLength(4);
    });

    it('several at once', async () => {
      expect(await idsOf(`state=finished&lambdaId=${waits}`)).toEqual([ids.cancelled]);
      expect(await idsOf(`outcome=failed&lambdaId=${waits}`)).toEqual([]);
    });
  });

  it('order=asc turns it round, order=desc is the default', async () => {
    const newest = await idsOf();
    expect(await idsOf('order=asc')).toEqual(newest.toReversed());
    expect(await idsOf('order=desc')).toEqual(newest);
  });

  describe('paging', () => {
    /** Walks along `Link` from page to page. */
    async function pagesFrom(query: string): Promise<string[][]> {
      const pages: string[][] = [];
      for (let path: string | undefined = `/v1/task/list?${query}`; path !== undefined; ) {
        const answer = await tenant.call('GET', path);
        pages.push(answer.json<Listed[]>().map(({ id }) => id));
        path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
      }
      return pages;
    }

    it.each(['order=desc', 'order=asc', 'state=finished'])(
      'gives each task once, page by page: %s',
      async (query) => {
        const whole = await idsOf(query);
        for (const limit of [1, 2, 3]) {
          const pages = await pagesFrom(`${query}&limit=${limit}`);
          expect(pages.flat()).toEqual(whole);
          expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
        }
      },
    );

    it('has no next page where all fits', async () => {
      expect((await get('limit=1000')).headers['link']).toBeUndefined();
    });

    it('keeps its place while new tasks come', async () => {
      const first = await get('limit=2');
      await tenant.issue(waits, '{}');
      const next = /<([^>]+)>/.exec(String(first.headers['link']))?.[1] ?? '';
      const second = (await tenant.call('GET', next)).json<Listed[]>().map(({ id }) => id);
      expect(second).toEqual(inOrder('failed', 'succeeded'));
    });

    it('is 100 long by default, and 1000 at most', { timeout: 30_000 }, async () => {
      const crowd = await stack().tenant();
      const lambda = await crowd.createLambda('crowd', await lambdaCode('obedient'), impossible);
      await Promise.all(Array.from({ length: 1_001 }, () => crowd.issue(lambda, '')));
      await eventually(async () => {
        expect((await get('limit=1000', crowd)).json()).toHaveLength(1_000);
      });
      expect((await get('', crowd)).json()).toHaveLength(100);
      const link = (await get('limit=1000', crowd)).headers['link'];
      expect(link).toMatch(/rel="next"/);
    });

    it.each(['0', '1001', '-1', '1.5', 'x', '', '1e2'])('refuses limit=%s', async (limit) => {
      const answer = await get(`limit=${limit}`);
      expectProblem(answer, 400, 'INVALID_PARAMETER');
      expect(pointersOf(answer)).toEqual(['/limit']);
    });

    it.each(['x', '0', 'AAAA', '%F0%9F%8C%AC', 'x'.repeat(1_000)])(
      'refuses the made-up cursor %s',
      async (cursor) => {
        expectProblem(await get(`cursor=${cursor}`), 400, 'INVALID_CURSOR');
      },
    );

    it('refuses a cursor of another list of filters', async () => {
      const link = String((await get('limit=1')).headers['link']);
      const cursor = /cursor=([^&>]+)/.exec(link)?.[1] ?? '';
      expect((await get(`limit=1&cursor=${cursor}`)).status).toBe(200);
      expectProblem(await get(`state=finished&cursor=${cursor}`), 400, 'INVALID_CURSOR');
    });
  });

  it.each([
    ['state', 'done'],
    ['state', ''],
    ['outcome', 'ok'],
    ['lambdaId', 'x'],
    ['node', 'x'],
    ['issuedAfter', 'yesterday'],
    ['issuedBefore', '-1'],
    ['order', 'up'],
    ['sort', 'asc'],
  ])('refuses %s=%s by name', async (name, value) => {
    const answer = await get(`${name}=${value}`);
    expectProblem(answer, 400, 'INVALID_PARAMETER');
    expect(pointersOf(answer)).toEqual([`/${name}`]);
  });
});
