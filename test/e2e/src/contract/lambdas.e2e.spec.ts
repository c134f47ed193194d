import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, pointersOf } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

interface Lambda {
  readonly id: string;
  readonly name: string;
  readonly tag: readonly string[];
  readonly codeVersion: string;
  readonly [member: string]: unknown;
}

const least = { name: 'least', lang: 'js', type: 'module' };

describe('2: Lambdas', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await stack().tenant();
  });

  const create = (body: unknown, client: Tenant = tenant) =>
    client.call('POST', '/v1/lambda', { body });
  const made = async (body: object = least, client: Tenant = tenant) =>
    (await create(body, client)).json<{ id: string }>().id;
  const get = (id: string) => tenant.call('GET', `/v1/lambda/${id}`);
  const lambdaOf = async (id: string) => (await get(id)).json<Lambda>();

  describe('POST /v1/lambda', () => {
    it('gives 201 {id}', async () => {
      const answer = await create(least);
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/) });
      expect(answer.headers['location']).toBe(`/v1/lambda/${answer.json<{ id: string }>().id}`);
    });

    it.each<[string, object]>([
      ['name of 1 character', { name: 'x' }],
      ['name of 64 letters and digits', { name: `aZ9${'x'.repeat(61)}` }],
      ['description of 80 printable ASCII characters', { description: ` ~${'x'.repeat(78)}` }],
      ['empty description', { description: '' }],
      ['tags', { tag: ['green', 'edge-2'] }],
      ['no tags', { tag: [] }],
      ['scmUrl', { scmUrl: 'https://example.org/lambda.git' }],
      ...['go', 'py', 'js', 'cs', 'rb'].map((lang): [string, object] => [`lang ${lang}`, { lang }]),
      ...['docker', 'module'].map((type): [string, object] => [`type ${type}`, { type }]),
    ])('takes a %s', async (_, change) => {
      const id = await made({ ...least, ...change });
      expect(await lambdaOf(id)).toMatchObject(change);
    });

    it.each([
      ['name', undefined],
      ['name', ''],
      ['name', 'x'.repeat(65)],
      ['name', 'two words'],
      ['name', 'größe'],
      ['name', 7],
      ['description', 'x'.repeat(81)],
      ['description', 'line\nbreak'],
      ['description', 'größe'],
      ['tag', 'green'],
      ['scmUrl', 'nowhere'],
      ['scmUrl', 'javascript:alert(1)'],
      ['lang', undefined],
      ['lang', 'pl'],
      ['lang', 'JS'],
      ['type', undefined],
      ['type', 'wasm'],
    ])('refuses as %s: %j', async (member, wrong) => {
      const answer = await create({ ...least, [member]: wrong });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual([`/${member}`]);
    });

    it('refuses unknown members by name', async () => {
      expect(pointersOf(await create({ ...least, tags: [], owner: 'me' }))).toEqual([
        '/owner',
        '/tags',
      ]);
    });
  });

  describe('GET /v1/lambda/{id}', () => {
    it('gives what was said of it', async () => {
      const said = {
        name: 'whole',
        description: 'Says all there is',
        tag: ['one', 'two'],
        scmUrl: 'https://example.org/x',
        lang: 'js',
        type: 'module',
      };
      const id = await made(said);
      expect(await lambdaOf(id)).toMatchObject({ id, ...said, paused: false });
    });

    it('is 404 LAMBDA_NOT_FOUND for one that nobody has', async () => {
      expectProblem(await get(newId()), 404, 'LAMBDA_NOT_FOUND');
    });
  });

  describe('GET /v1/lambda/list[?tag=]', () => {
    it('gives the caller’s lambdas, of a tag where one is given', async () => {
      const owner = await stack().tenant();
      const list = async (query = '') =>
        (await owner.call('GET', `/v1/lambda/list${query}`)).json<Lambda[]>().map(({ id }) => id);
      expect(await list()).toEqual([]);
      const [plain, tagged] = [
        await made(least, owner),
        await made({ ...least, tag: ['a', 'b'] }, owner),
      ];
      expect((await list()).toSorted()).toEqual([plain, tagged].toSorted());
      expect(await list('?tag=a')).toEqual([tagged]);
      expect(await list('?tag=b')).toEqual([tagged]);
      expect(await list('?tag=c')).toEqual([]);
    });

    it('comes in pages', async () => {
      const owner = await stack().tenant();
      const ids = await Promise.all(Array.from({ length: 5 }, () => made(least, owner)));
      const seen: string[] = [];
      for (let path: string | undefined = '/v1/lambda/list?limit=2'; path !== undefined; ) {
        const answer = await owner.call('GET', path);
        seen.push(...answer.json<Lambda[]>().map(({ id }) => id));
        path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
      }
      expect(seen).toHaveLength(5);
      expect(seen.toSorted()).toEqual(ids.toSorted());
    });
  });

  describe('PATCH /v1/lambda/{id}', () => {
    it('changes what is given and leaves the rest', async () => {
      const id = await made({ ...least, description: 'before', tag: ['old'] });
      const answer = await tenant.call('PATCH', `/v1/lambda/${id}`, { body: { tag: ['new'] } });
      expect(answer.status).toBe(200);
      expect(await lambdaOf(id)).toMatchObject({
        name: 'least',
        description: 'before',
        tag: ['new'],
      });
    });

    it.each([{ name: '' }, { description: 'ü' }, { lang: 'go' }, { type: 'docker' }, { id: '1' }])(
      'refuses %j by name',
      async (body) => {
        const answer = await tenant.call('PATCH', `/v1/lambda/${await made()}`, { body });
        expectProblem(answer, 422, 'VALIDATION_FAILED');
        expect(pointersOf(answer)).toEqual([`/${Object.keys(body)[0]}`]);
      },
    );
  });

  describe('DELETE /v1/lambda/{id}', () => {
    it('is 204, and the lambda is gone for everything', async () => {
      const id = await tenant.createLambda('short', 'export default async () => "lived";');
      expect((await tenant.call('DELETE', `/v1/lambda/${id}`)).status).toBe(204);
      const answers = await Promise.all([
        get(id),
        tenant.call('DELETE', `/v1/lambda/${id}`),
        tenant.call('PATCH', `/v1/lambda/${id}`, { body: {} }),
        tenant.call('GET', `/v1/lambda/${id}/capabilities`),
        tenant.call('POST', `/v1/lambda/${id}/togglePause`),
        tenant.call('PUT', `/v1/lambda/${id}/code`, {
          raw: 'export default () => 1',
          headers: { 'content-type': 'text/javascript' },
        }),
        tenant.call('POST', '/v1/task', { body: { lambdaId: id, timeout: 10 } }),
      ]);
      for (const answer of answers) expectProblem(answer, 404, 'LAMBDA_NOT_FOUND');
      const list = (await tenant.call('GET', '/v1/lambda/list?limit=1000')).json<Lambda[]>();
      expect(list.map((lambda) => lambda.id)).not.toContain(id);
    });
  });

  describe('GET|POST /v1/lambda/{id}/capabilities', () => {
    const demand = (id: string, body: unknown) =>
      tenant.call('POST', `/v1/lambda/${id}/capabilities`, { body });
    const demands = async (id: string) =>
      (await tenant.call('GET', `/v1/lambda/${id}/capabilities`)).json();

    it('demand nothing at first', async () => {
      expect(await demands(await made())).toEqual({});
    });

    it.each([
      { timeout: 10 },
      { timeout: 120 },
      { cpuCount: 0 },
      { cpuCount: 4 },
      { memSize: 0 },
      { memSize: 2_048 },
      { networkLatency: 0 },
      { networkLatency: 1_000_000 },
      { privileged: true },
      { privileged: false },
      { timeout: 60, cpuCount: 2, memSize: 512, networkLatency: 20, privileged: false },
    ])('take %j', async (body) => {
      const id = await made();
      expect((await demand(id, body)).status).toBe(200);
      expect(await demands(id)).toEqual(body);
    });

    it.each([
      ['timeout', 9],
      ['timeout', 121],
      ['timeout', 10.5],
      ['cpuCount', -1],
      ['cpuCount', 5],
      ['cpuCount', '2'],
      ['memSize', 2_049],
      ['memSize', -1],
      ['networkLatency', -1],
      ['networkLatency', 1e15],
      ['privileged', 1],
      ['gpu', 1],
    ])('refuse %s: %j', async (member, wrong) => {
      const answer = await demand(await made(), { [member]: wrong });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual([`/${member}`]);
    });
  });

  it('POST /v1/lambda/{id}/togglePause is 204 and turns the pause on and off', async () => {
    const id = await made();
    const toggle = () => tenant.call('POST', `/v1/lambda/${id}/togglePause`);
    const paused = async () => (await lambdaOf(id))['paused'];
    expect(await paused()).toBe(false);
    expect((await toggle()).status).toBe(204);
    expect(await paused()).toBe(true);
    expect((await toggle()).status).toBe(204);
    expect(await paused()).toBe(false);
  });
});
