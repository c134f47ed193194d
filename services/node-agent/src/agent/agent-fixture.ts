/** A whole agent in this process against a scheduler fixture; its lambdas run in real sandboxes. */
import { parseNodeId } from '@greencloud/domain';
import { createHealth, createLogger, createMetrics } from '@greencloud/runtime';
import { createCodeStore } from '../code/code-store.ts';
import { SchedulerFixture } from '../grpc/scheduler-fixture.ts';
import { createSchedulerClient } from '../grpc/scheduler-client.ts';
import { SandboxPool } from '../pool/sandbox-pool.ts';
import { planLaunch } from '../sandbox/launch-plan.ts';
import { type IsolationKind, placeFor, strongest } from '../sandbox/sandbox-fixtures.ts';
import type { NodeOffer } from '../session/messages.ts';
import { Agent } from './agent.ts';

export interface WorldOptions {
  readonly isolation?: IsolationKind;
  readonly offer?: Partial<NodeOffer>;
  readonly heartbeatMs?: number;
  readonly fenceAfterMs?: number;
  readonly token?: string;
  /** Where the agent dials instead of the scheduler itself. */
  readonly dial?: (scheduler: string) => Promise<string>;
}

export const nodeId = '1a061cfd-df01-4b02-a067-5122c5941e15';
const tenantId = '5f4dcc3b5aa765d61d8327de';
export const codeVersion = '64058fee9956fae80d7e0e01';

/** An agent that has been welcomed, unless its token is wrong; all ends with the scope. */
export async function openWorld(options: WorldOptions) {
  const scheduler = await new SchedulerFixture(options).start();
  const address = (await options.dial?.(scheduler.address)) ?? scheduler.address;
  const { agent, pool } = createAgent(address, options);
  agent.start();
  if (options.token === undefined) await agent.welcomed;
  return {
    scheduler,
    agent,
    pool,
    [Symbol.asyncDispose]: async () => {
      for (const session of scheduler.sessions) session.acknowledgeFromNowOn();
      await agent.drain(0);
      await scheduler.close();
    },
  };
}

function createAgent(address: string, { isolation, offer }: WorldOptions) {
  const place = placeFor(isolation ?? strongest);
  const client = createSchedulerClient(address, 'node-token');
  const wholeOffer = { ...offerOf(place.isolation.kind, isolation), ...offer };
  const pool = new SandboxPool({
    plan: (memoryMib) => planLaunch(place, memoryMib),
    sandboxes: wholeOffer.slots,
    memoryMib: wholeOffer.memSizeMib,
    idleMs: 60_000,
    loadLimitMs: 5_000,
    startsAtOnce: 2,
    spares: { count: 0, memoryMib: 64, backoffMs: 500 },
  });
  const codeOf = createCodeStore({
    fetch: (version) => client.fetchCode(version),
    maxBytes: 1_000_000,
  });
  const agent = new Agent({
    nodeId: parseNodeId(nodeId),
    offer: wholeOffer,
    scheduler: client,
    execution: { pool, codeOf, defaultMemoryMib: 64 },
    health: createHealth(),
    metrics: createMetrics('node-agent'),
    logger: createLogger({ service: 'node-agent', level: 'silent' }),
  });
  return { agent, pool };
}

/** A test that names no isolation runs with what there is. */
function offerOf(isolation: IsolationKind, wanted: IsolationKind | undefined): NodeOffer {
  return {
    cpuCount: 2,
    memSizeMib: 512,
    networkLatencyMs: 10,
    privileged: false,
    slots: 4,
    lookahead: 0,
    energySource: 'renewable',
    carbonIntensity: 30,
    isolation,
    trustedTenants: [],
    acceptsUntrusted: isolation === 'process' && wanted === undefined,
  };
}

let tasks = 0;

export function assignmentOf(change: object = {}) {
  tasks += 1;
  return {
    taskId: tasks.toString(16).padStart(24, '0'),
    attempt: 1,
    tenantId,
    lambdaId: '64058fee9956fae80d7e0e02',
    codeVersion,
    timeoutSeconds: 10,
    memSize: 0,
    payload: undefined,
    ...change,
  };
}
