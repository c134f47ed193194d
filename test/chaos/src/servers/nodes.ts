import { randomUUID } from 'node:crypto';
import type { NodeOffer } from '../history/log-row.ts';
import type { Api } from '../load/api.ts';
import type { ChaosStack } from './chaos-stack.ts';
import { agentEnv, largeNode, smallNode } from './node-offers.ts';
import type { Doors } from './second-replicas.ts';

const offers = { small: smallNode, large: largeNode };

/** Enrols a node and starts its agent, which finds either scheduler; gives its id. */
export async function addNode(
  { replicas }: ChaosStack,
  api: Api,
  size: keyof typeof offers,
  { nodeDoors }: Doors,
): Promise<string> {
  const hash = randomUUID();
  const { token } = await api.demand<{ token: string }>('POST', `/v1/node/${hash}`, {
    description: size,
  });
  await replicas.add(
    { service: 'node-agent', replica: `${size}-${hash.slice(0, 4)}` },
    {
      GC_NODE_ID: hash,
      GC_NODE_TOKEN: token,
      GC_NODE_TOKEN_FILE: '',
      GC_SCHEDULER_ADDRESS: nodeDoors,
      ...agentEnv(offers[size]),
    },
  );
  return hash;
}

type ListedNode = { readonly hash: string };

/** What each node declared: these are the large ones, all others small, also the stack's own. */
export async function offersOf(
  api: Api,
  largeNodes: readonly string[],
): Promise<ReadonlyMap<string, NodeOffer>> {
  const listed = await api.demand<readonly ListedNode[]>('GET', '/v1/node/list');
  return new Map(
    listed.map(({ hash }) => [hash, largeNodes.includes(hash) ? largeNode : smallNode] as const),
  );
}
