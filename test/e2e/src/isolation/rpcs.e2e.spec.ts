import { eventually } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogHeads } from '../log-heads.ts';
import { allRpcs, type Rpc } from '../rpc/contracts.ts';
import type { RpcAnswer } from '../rpc/rpc-client.ts';
import { newId } from '../shared/running-stack.ts';
import { useSharedStack } from '../shared/shared-stack.ts';
import { type FieldSlot, slotsOf } from './fill-message.ts';
import { codeOf, type RpcCallers, rpcCallers } from './rpc-callers.ts';
import { type IdCell, idCells, roleCells, serverOf, usualValue } from './rpc-cells.ts';
import { fillingsOf } from './slots.ts';
import { useWorlds } from './world-fixture.ts';
import { leaksIn, type World } from './world.ts';

const stack = useSharedStack();
const worlds = useWorlds(stack);
// Nodes have a door of their own, and a spec of their own; a stream of calls is a way to the others.
const elsewhere = ['NodeService', 'CallStreamService'];
const rpcs = allRpcs().filter(({ service }) => !elsewhere.includes(service.name));
const byRole = roleCells(rpcs);
const overStream = byRole.filter(({ rpc }) => rpc.method.methodKind === 'unary');
const byId = idCells(rpcs);

describe(`isolation: ${byRole.length + overStream.length + byId.length} cells of RPCs`, () => {
  let own: World;
  let foreign: World;
  let heads: LogHeads;
  let callers: RpcCallers;

  beforeAll(() => {
    ({ own, foreign, heads } = worlds());
    callers = rpcCallers(stack());
  });
  afterAll(() => {
    callers?.close();
    console.log(`isolation: ${byRole.length} cells of RPC and role, ${byId.length} of RPC and id`);
  });

  /** An id that was sent may come back in a message between services: it tells nothing new. */
  const leaks = ({ text }: RpcAnswer, sent = '') =>
    leaksIn(
      { headers: {}, text },
      foreign.secrets.filter((secret) => secret !== sent.toLowerCase()),
    );
  const valueIn =
    (world: World, { path }: FieldSlot, sent: string) =>
    (each: FieldSlot) =>
      each.path.join('.') === path.join('.') ? sent : usualValue(each, world);

  describe('a role that has no business there gets PERMISSION_DENIED, or no connection', () => {
    it.each(byRole)('$title', async ({ rpc, role }) => {
      await heads.mark();
      const answer = await callers.as(role, rpc, (slot) => usualValue(slot, foreign));
      expect(answer.code).toBe(role === 'nobody' ? 'UNAVAILABLE' : 'FORBIDDEN');
      expect(leaks(answer)).toEqual([]);
      expect(await heads.writers()).toEqual([]);
    });
  });

  describe('a role that has no business there gets the same over a stream of calls', () => {
    it.each(overStream)('$title', async ({ rpc, role }) => {
      await heads.mark();
      const answer = await callers.overStreamAs(role, rpc, (slot) => usualValue(slot, foreign));
      expect(answer.code).toBe(role === 'nobody' ? 'UNAVAILABLE' : 'FORBIDDEN');
      expect(leaks(answer)).toEqual([]);
      expect(await heads.writers()).toEqual([]);
    });

    it('and who has gets its answer', async () => {
      const rpc = rpcs.find(({ name }) => name === 'TaskQueryService.GetTask');
      if (rpc === undefined) throw new Error('no GetTask');
      const answer = await callers.overStreamAs('operator', rpc, (slot) => usualValue(slot, own));
      expect(answer).toMatchObject({ code: 'OK', text: expect.stringContaining('"response"') });
    });
  });

  describe('a role that may call', () => {
    it.each(byId)('$title', async ({ rpc, slot, filling, codes, writes }) => {
      await using used = await worldFor(rpc, filling.kind);
      const sent = filling.value({ own: used.world, foreign });
      await heads.mark();
      const answer = await used.settled(() =>
        callers.allowed(rpc, valueIn(used.world, slot, sent)),
      );
      const writers = await heads.writers();
      await endTaskOf(answer);

      expect(codes).toContain(codeOf(answer));
      expect(leaks(answer, sent)).toEqual([]);
      expect(writers.filter((tenant) => tenant !== own.tenant.tenantId)).toEqual([]);
      if (writes === 'nothing') expect(writers).toEqual([]);
    });

    it.each(byId.filter(isNotFound))('$title: not told from nobody’s', async (cell) => {
      const { rpc, slot, filling } = cell;
      const ask = async (value: string) => {
        const { code, text } = await callers.allowed(rpc, valueIn(own, slot, value));
        const same = text.toLowerCase().replaceAll(value.toLowerCase(), 'the id');
        // Trailers carry the second in which they were sent.
        return { code, text: same.replace(/"date":"[^"]*"/, '') };
      };
      const theirs = await ask(filling.value({ own, foreign }));
      expect(theirs).toEqual(await ask(nobodysLike(cell)));
    });

    /** What the call would use up, or what is only there for a while, is made for it. */
    async function worldFor({ method }: Rpc, kind: IdCell['filling']['kind']) {
      const asIs = {
        world: own,
        settled: async (call: () => Promise<RpcAnswer>) => call(),
        [Symbol.asyncDispose]: async () => {},
      };
      if (kind !== 'own') return asIs;
      if (method.name === 'DeleteLambda') {
        const lambda = await own.tenant.createLambda('fresh', 'export default () => 1;');
        return { ...asIs, world: { ...own, lambda } };
      }
      return ['CancelTasks', 'ExplainWaiting'].includes(method.name) ? withWaitingTask(own) : asIs;
    }

    // A task that waits would expire, and be an event in another cell's time.
    async function endTaskOf({ text }: RpcAnswer): Promise<void> {
      const issued = /"issued":\{"taskId":"([0-9a-f]{24})"/.exec(text)?.[1];
      if (issued !== undefined) await own.tenant.call('DELETE', `/v1/task/${issued}`);
    }
  });

  it('has changed nothing of the other tenant’s', async () => {
    expect(await foreign.view()).toEqual(worlds().before);
  });

  it('says of another’s waiting task that there is none', async () => {
    await using theirs = await withWaitingTask(foreign);
    const rpc = rpcs.find(({ name }) => name === 'NodeAdminService.ExplainWaiting');
    if (rpc === undefined) throw new Error('no ExplainWaiting');
    const explain = (tenant: World) => () =>
      callers.allowed(rpc, ({ thing }) =>
        thing === 'tenant' ? tenant.tenant.tenantId : theirs.world.tasks.finished,
      );
    expect((await theirs.settled(explain(foreign))).code).toBe('OK');
    const answer = await explain(own)();
    expect(answer.code).toBe('TASK_NOT_FOUND');
    expect(leaks(answer)).toEqual([]);
  });
});

/** The world with a task that waits where one has finished; `settled` waits for who must hear of it. */
async function withWaitingTask(world: World) {
  const finished = await world.tenant.issue(world.idleLambda, '');
  return {
    world: { ...world, tasks: { ...world.tasks, finished } },
    settled: (call: () => Promise<RpcAnswer>) =>
      eventually(async () => {
        const answer = await call();
        return codeOf(answer) === 'TASK_NOT_FOUND' ? false : answer;
      }),
    [Symbol.asyncDispose]: async () => {
      await world.tenant.call('DELETE', `/v1/task/${finished}`);
    },
  };
}

function isNotFound({ filling, codes }: IdCell): boolean {
  return filling.kind === 'foreign' && codes.every((code) => code.endsWith('NOT_FOUND'));
}

function nobodysLike({ slot: { thing } }: IdCell): string {
  if (thing === 'tenant' || thing === 'code version') return newId();
  const random = fillingsOf(thing).find(({ kind }) => kind === 'random');
  if (random === undefined) throw new Error(`${thing}: nothing of it is nobody's`);
  return random.value({} as Parameters<typeof random.value>[0]);
}

describe('the matrix of RPCs', () => {
  it('refuses a field and a service that nobody said how to fill', () => {
    const [rpc] = rpcs;
    if (rpc === undefined) throw new Error('there are no RPCs');
    const [field] = rpc.method.input.fields;
    const strange = { ...field, name: 'owner_id', fieldKind: 'scalar', message: undefined };
    const input = { ...rpc.method.input, fields: [strange] };
    const withField = { ...rpc, method: { ...rpc.method, input } } as unknown as Rpc;
    expect(() => slotsOf(withField)).toThrow('owner_id');
    const withService = {
      ...rpc,
      service: { ...rpc.service, name: 'NewService' },
    } as unknown as Rpc;
    expect(() => serverOf(withService)).toThrow('does not know its server');
  });
});
