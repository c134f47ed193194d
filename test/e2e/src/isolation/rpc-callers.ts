import { allRpcs, type Rpc } from '../rpc/contracts.ts';
import { identityOf, type Role, roles } from '../rpc/identities.ts';
import { type RpcAnswer, type RpcClient, rpcClient } from '../rpc/rpc-client.ts';
import type { SharedStack } from '../shared/running-stack.ts';
import { requestOf, type FieldSlot } from './fill-message.ts';
import { serverOf, strangersTo } from './rpc-cells.ts';

/** Connections to every service of a stack, one for each role. */
export interface RpcCallers {
  as(role: Role, rpc: Rpc, valueOf: (slot: FieldSlot) => string): Promise<RpcAnswer>;
  overStreamAs: RpcCallers['as'];
  /** By the first role that this method lets in. */
  allowed(rpc: Rpc, valueOf: (slot: FieldSlot) => string): Promise<RpcAnswer>;
  close(): void;
}

export function rpcCallers(stack: SharedStack): RpcCallers {
  const clients = new Map<string, Promise<RpcClient>>();
  const allowedRoles = new Map<Rpc, Promise<Role>>();

  const clientOf = (role: Role, rpc: Rpc) =>
    remembered(clients, `${role} ${serverOf(rpc)}`, async () =>
      rpcClient(stack.known.grpc[serverOf(rpc)] ?? '', await identityOf(stack, role)),
    );
  const as: RpcCallers['as'] = async (role, rpc, valueOf) =>
    (await clientOf(role, rpc)).call(rpc, requestOf(rpc, valueOf));

  const exchange = allRpcs().find(({ name }) => name === 'CallStreamService.Exchange');
  const overStreamAs: RpcCallers['as'] = async (role, rpc, valueOf) => {
    if (exchange === undefined) throw new Error('there are no streams for calls');
    return (await clientOf(role, rpc)).callOverStream(rpc, exchange, requestOf(rpc, valueOf));
  };

  async function findAllowed(rpc: Rpc): Promise<Role> {
    const strangers = strangersTo(rpc);
    for (const role of roles.filter((each) => !strangers.includes(each))) {
      if ((await as(role, rpc, () => '')).code !== 'FORBIDDEN') return role;
    }
    throw new Error(`nobody may call ${rpc.name}`);
  }

  return {
    as,
    overStreamAs,
    async allowed(rpc, valueOf) {
      const role = await remembered(allowedRoles, rpc, () => findAllowed(rpc));
      return as(role, rpc, valueOf);
    },
    close() {
      for (const client of clients.values()) void client.then((each) => each.close());
    },
  };
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** The code of the whole call, or of its item where it is a batch. */
export function codeOf({ code, text }: RpcAnswer): string {
  return code === 'OK' ? (/"error":\{"code":"([A-Z_]+)"/.exec(text)?.[1] ?? 'OK') : code;
}
