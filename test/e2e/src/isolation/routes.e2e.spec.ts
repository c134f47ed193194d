import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../client.ts';
import { enrol } from '../own-processes.ts';
import { type ApiDocument, readDocument } from '../openapi.ts';
import { useSharedStack } from '../shared/shared-stack.ts';
import type { RequestPlan, Slot } from './fill-operation.ts';
import type { LogHeads } from '../log-heads.ts';
import { type RouteCell, routeCells } from './route-cells.ts';
import { fillingsOf, ownOf, type Thing } from './slots.ts';
import { useWorlds } from './world-fixture.ts';
import { leaksIn, type World } from './world.ts';

const stack = useSharedStack();
const worlds = useWorlds(stack);
const committed = new URL('../../../../services/edge/openapi.json', import.meta.url);
const document: ApiDocument = JSON.parse(readFileSync(committed, 'utf8'));
const cells = routeCells(document);

describe(`isolation: ${cells.length} cells of routes`, () => {
  let own: World;
  let foreign: World;
  let heads: LogHeads;

  beforeAll(() => {
    ({ own, foreign, heads } = worlds());
  });
  afterAll(() => console.log(`isolation: ${cells.length} cells of routes`));

  it('has a cell for every operation that the edge serves', async () => {
    expect(await readDocument(stack().known.edgeUrl)).toEqual(document);
  });

  it.each(cells)('$title', async ({ method, plan, slot, filling, expected }) => {
    const values = await valuesOf(plan, filling?.kind === 'own' ? method : 'GET');
    if (slot && filling && (filling.kind !== 'own' || !values.has(slot))) {
      values.set(slot, filling.value({ own, foreign }));
    }
    await heads.mark();
    const answer = await send(method, plan, values);
    const writers = await heads.writers();
    await endTaskOf(answer);

    expect(leaksIn(answer, foreign.secrets)).toEqual([]);
    expect(expected.statuses).toContain(answer.status);
    if (method !== 'HEAD' && expected.codes) {
      expect(expected.codes).toContain(answer.json<{ code: string }>().code);
    }
    if (method !== 'HEAD' && expected.body) expect(answer.text).toBe(expected.body);
    if (filling?.kind !== 'own') expect(answer.headers['idempotent-replayed']).toBeUndefined();
    expect(writers.filter((tenant) => tenant !== own.tenant.tenantId)).toEqual([]);
    if (expected.writes === 'nothing') expect(writers).toEqual([]);
  });

  it.each(cells.filter(isForeignId))('$title: not told from one that nobody has', async (cell) => {
    const { method, plan, slot, filling } = cell;
    const random = fillingsOf(slot.thing).find(({ kind }) => kind === 'random');
    const values = await valuesOf(plan, 'GET');
    const ask = (value: string) => send(method, plan, new Map(values).set(slot, value));
    const both = { own, foreign };
    const [theirs, nobodys] = [
      await ask(filling.value(both)),
      await ask(random?.value(both) ?? ''),
    ];
    expect(steady(theirs)).toEqual(steady(nobodys));
  });

  it('has changed nothing of the other tenant’s', async () => {
    expect(await foreign.view()).toEqual(worlds().before);
  });

  /** What stands in each slot unless a cell says otherwise; new things where they may be changed. */
  async function valuesOf(plan: RequestPlan, method: string): Promise<Map<Slot, string>> {
    const isRead = method === 'GET' || method === 'HEAD';
    const entries = plan.slots
      .filter(({ place }) => place === 'path' || place === 'body')
      .map(
        async (slot): Promise<[Slot, string]> => [
          slot,
          isRead ? ownOf(slot.thing).value({ own, foreign }) : await newOf(slot.thing),
        ],
      );
    return new Map(await Promise.all(entries));
  }

  // A task that waits would expire, and be an event in another cell's time.
  async function endTaskOf({ status, headers }: Answer): Promise<void> {
    const location = String(headers['location']);
    if (status === 201 && location.startsWith('/v1/task/')) {
      await own.tenant.call('DELETE', location);
    }
  }

  async function newOf(thing: Thing): Promise<string> {
    if (thing === 'task') return own.tenant.issue(own.idleLambda, '');
    if (thing === 'node') return (await enrol(own.tenant)).hash;
    if (thing !== 'lambda') return ownOf(thing).value({ own, foreign });
    return own.tenant.createLambda('fresh', 'export default () => 1;', { networkLatency: 1 });
  }

  async function send(
    method: string,
    { operation, plainBody }: RequestPlan,
    values: ReadonlyMap<Slot, string>,
  ): Promise<Answer> {
    const of = (place: Slot['place']) =>
      [...values]
        .filter(([slot]) => slot.place === place)
        .map(([{ name }, value]) => [name, value]);
    const inPath = Object.fromEntries(of('path')) as Record<string, string>;
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(inPath[name] ?? ''),
    );
    const query = of('query').map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`);
    const content = operation.body?.content ?? {};
    const isModule = 'text/javascript' in content;
    return own.tenant.call(method, `${path}${query.length > 0 ? `?${query.join('&')}` : ''}`, {
      headers: {
        ...Object.fromEntries(of('header')),
        ...(isModule ? { 'content-type': 'text/javascript' } : {}),
      },
      ...(isModule ? { raw: 'export default () => 2;' } : {}),
      ...('application/json' in content
        ? { body: { ...plainBody, ...Object.fromEntries(of('body')) } }
        : {}),
    });
  }
});

describe('the matrix', () => {
  it('refuses a parameter and a member that nobody said how to fill', () => {
    const item = document.paths['/v1/task/list']?.['get'];
    if (item === undefined) throw new Error('no such route');
    const owner = { in: 'query' as const, name: 'owner', schema: {} };
    const parameters = [...(item.parameters ?? []), owner];
    const paths = { '/v1/task/list': { get: { ...item, parameters } } };
    expect(() => routeCells({ ...document, paths })).toThrow('listTasks: the isolation matrix');

    const create = document.paths['/v1/task']?.['post'];
    const content = { 'application/json': { schema: { properties: { ownerId: {} } } } };
    const withMember = { '/v1/task': { post: { ...create, requestBody: { content } } } };
    expect(() => routeCells({ ...document, paths: withMember as ApiDocument['paths'] })).toThrow(
      'ownerId',
    );
  });

  it('sees a foreign word where there is one', () => {
    const secrets = ['ABC123', 'other'];
    expect(leaksIn({ headers: { etag: '"abc123"' }, text: '' }, secrets)).toEqual(['ABC123']);
    expect(leaksIn({ headers: {}, text: 'Another' }, secrets)).toEqual(['other']);
  });
});

/** Foreign ids in a path or body, where there is a "nobody's" to compare with. */
function isForeignId(cell: RouteCell): cell is RouteCell & {
  slot: Slot;
  filling: NonNullable<RouteCell['filling']>;
} {
  return (
    cell.filling?.kind === 'foreign' && cell.expected.statuses[0] === 404 && cell.method !== 'HEAD'
  );
}

function steady({ status, headers, text }: Answer) {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(date|x-request-id|ratelimit.*)$/.test(name),
  );
  return {
    status,
    headers: Object.fromEntries(kept),
    text: text.replace(/"requestId":"[^"]*"/, ''),
  };
}
