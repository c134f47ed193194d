import { NodeServiceClient } from '@greencloud/proto/node/v1/node';
import { createHealth } from '@greencloud/runtime';
import { Agent, createCodeStore, schedulerClientOver } from '../product/node-agent.ts';
import type { Life } from '../time/life.ts';
import type { House, Running } from './house.ts';
import { createSimulatedPool } from './lambda.ts';
import { noMetrics } from './no-metrics.ts';
import type { NodePlan } from './topology.ts';

const drainMs = 3_000;

export interface RunningNode extends Running {
  readonly agent: Agent;
}

/** main.ts of the node agent, with lambdas that only pretend to run. */
export async function startNode(house: House, life: Life, plan: NodePlan): Promise<RunningNode> {
  const { nodeId, token, offer } = plan;
  const { ledger, topology, plant } = house;
  const client = house.client(life, NodeServiceClient, topology.schedulers, {
    metadata: { authorization: `Bearer ${token}` },
    idempotent: ['getCode'],
  });
  const honest = schedulerClientOver(client);
  const scheduler = plant.node?.(honest) ?? honest;
  const pool = createSimulatedPool({ nodeId, offer, life, ledger });
  const codeOf = createCodeStore({
    fetch: (version) => scheduler.fetchCode(version),
    maxBytes: 1_000_000,
  });
  const agent = new Agent({
    nodeId,
    offer,
    scheduler: ledger.listenTo(life, nodeId, scheduler),
    execution: { pool, codeOf, defaultMemoryMib: 64 },
    health: createHealth(),
    metrics: noMetrics,
    logger: house.logger(life),
  });
  agent.start();
  return { agent, stop: () => agent.drain(drainMs) };
}
