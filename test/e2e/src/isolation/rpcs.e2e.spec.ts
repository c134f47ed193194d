import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRpcs, type Rpc } from '../rpc/contracts.ts';
import { identityOf, type Role, roles } from '../rpc/identities.ts';
import { type RpcAnswer, type RpcClient, rpcClient } from '../rpc/rpc-client.ts';
import { newId, useSharedStack } from '../shared/shared-stack.ts';
import { requestOf, slotsOf } from './fill-message.ts';
import { type LogHeads, openLogHeads } from '../log-heads.ts';
import { idCells, roleCells, serverOf, strangersTo, usualValue } from './rpc-cells.ts';
import { buildWorld, leaksIn, type World } from './world.ts';

const stack = useSharedStack();
// Nodes have a door of their own, and a spec of their own.
const rpcs = allRpcs().filter(({ service }) => service.name !== 'NodeService');
const byRole = roleCells(rpcs);
const byId = idCells(rpcs);

describe(`isolation: ${byRole.length + byId.length} cells of RPCs`, () => {
  let own: World;
  let foreign: World;
  let heads: LogHeads;
  let before: unknown;
  const clients = new Map<string, RpcClient>();

  beforeAll(async () => {
    [own, foreign] = [
      await buildWorld(stack(), `caller${newId()}`),
      await buildWorld(stack(), `stranger${newId()}`),
    ];
    heads = await openLogHeads(stack().known.databaseUrl);
    before = await foreign.view();
  }, 60_000);
  afterAll(async () => {
    const running = [own, foreign].map((world) =>
      world?.tenant.call('DELETE', `/v1/task/${world.tasks.running}`),
    );
    await Promise.all(running);
    for (const client of clients.values()) client.close();
    await heads?.[Symbol.asyncDispose]();
    console.log(`isolation: ${byRole.length} cells of RPC and role, ${byId.length} of RPC and id`);
  });

  async function clientOf(role: Role, rpc: Rpc): Promise<RpcClient> {
    const server = serverOf(rpc);
    const known = clients.get(`${role} ${server}`);
    if (known !== undefined) return known;
    const address = stack().known.grpc[server] ?? '';
    const made = await rpcClient(address, await identityOf(stack(), role));
    clients.set(`${role} ${server}`, made);
    return made;
  }

  /** An id that was sent may come back in a message between services: it tells nothing new. */
  const leaks = ({ text }: RpcAnswer, sent = '') =>
    leaksIn(
      { headers: {}, text },
      foreign.secrets.filter((secret) => secret !== sent.toLowerCase()),
    );
  /** Codes of the whole call, or of its item where it is a batch. */
  const codeOf = ({ code, text }: RpcAnswer) =>
    code === 'OK' ? (/"error":\{"code":"([A-Z_]+)"/.exec(text)?.[1] ?? 'OK') : code;

  describe('a role that has no business there gets PERMISSION_DENIED, or no connection', () => {
    it.each(byRole)('$title', async ({ rpc, role }) => {
      await heads.mark();
      const client = await clientOf(role, rpc);
      const answer = await client.call(
        rpc,
        requestOf(rpc, (slot) => usualValue(slot, foreign)),
      );
      expect(answer.code).toBe(role === 'nobody' ? 'UNAVAILABLE' : 'FORBIDDEN');
      expect(leaks(answer)).toEqual([]);
      expect(await heads.writers()).toEqual([]);
    });
  });

  describe('a role that may call', () => {
    const callers = new Map<Rpc, Role>();

    /** The first of the service's roles that this method lets in. */
    async function callerOf(rpc: Rpc): Promise<Role> {
      const known = callers.get(rpc);
      if (known !== undefined) return known;
      const strangers = new Set(strangersTo(rpc));
      for (const role of roles.filter((each) => !strangers.has(each))) {
        const client = await clientOf(role, rpc);
        const request = requestOf(rpc, () => '');
        if ((await client.call(rpc, request)).code !== 'FORBIDDEN') {
          callers.set(rpc, role);
          return role;
        }
      }
      throw new Error(`nobody may call ${rpc.name}`);
    }

    it.each(byId)('$title', async ({ rpc, slot, filling, codes, writes }) => {
      const client = await clientOf(await callerOf(rpc), rpc);
      const isDelete = rpc.name === 'LambdaCatalogService.DeleteLambda';
      const world =
        isDelete && filling.kind === 'own' ? { ...own, lambda: await freshLambda() } : own;
      const place = slot.path.join('.');
      const sent = filling.value({ own: world, foreign });
      const request = requestOf(rpc, (each) =>
        each.path.join('.') === place ? sent : usualValue(each, world),
      );
      await heads.mark();
      const answer = await client.call(rpc, request);
      const writers = await heads.writers();
      await endTaskOf(answer);

      expect(codes).toContain(codeOf(answer));
      expect(leaks(answer, sent)).toEqual([]);
      expect(writers.filter((tenant) => tenant !== own.tenant.tenantId)).toEqual([]);
      if (writes === 'nothing') expect(writers).toEqual([]);
    });

    const freshLambda = () => own.tenant.createLambda('fresh', 'export default () => 1;');

    // A task that waits would expire, and be an event in another cell's time.
    async function endTaskOf({ text }: RpcAnswer): Promise<void> {
      const issued = /"issued":\{"taskId":"([0-9a-f]{24})"/.exec(text)?.[1];
      if (issued !== undefined) await own.tenant.call('DELETE', `/v1/task/${issued}`);
    }
  });

  it('has changed nothing of the other tenant’s', async () => {
    expect(await foreign.view()).toEqual(before);
  });
});

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
