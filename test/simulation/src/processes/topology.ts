import { type Capabilities, type NodeId, parseNodeId, parseTenantId } from '@greencloud/domain';
import type { Random } from '../chance/random.ts';
import type { NodeOffer } from '../product/node-agent.ts';
import type { SchedulerLimits } from '../product/scheduler.ts';

export interface NodePlan {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly token: string;
  readonly offer: NodeOffer;
}

/** How many there are of everything, and how patient they are. */
export interface Topology {
  readonly partitions: number;
  readonly taskCommands: readonly string[];
  readonly projections: readonly string[];
  readonly schedulers: readonly string[];
  readonly clients: readonly string[];
  readonly nodes: readonly NodePlan[];
  readonly limits: SchedulerLimits;
  /** Of gRPC: silence after which both sides give a connection up. */
  readonly keepaliveMs: number;
  /** Commands that may wait for a partition of the log. */
  readonly maxWaiting: number;
  /** Appends that a replica of task-command has in flight. */
  readonly appendLanes: number;
  readonly pace: 'hurried' | 'as shipped';
}

export const tenants = ['5f0000000000000000000001', '5f0000000000000000000002', 'auth0|carol'].map(
  (text) => parseTenantId(text),
);

/** What tasks demand; every one of them fits at least one node of every topology. */
export const demands: readonly Capabilities[] = [
  { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
  { cpuCount: 2, memSize: 512, networkLatency: 0, privileged: false },
  { cpuCount: 0, memSize: 1_536, networkLatency: 0, privileged: false },
  { cpuCount: 0, memSize: 0, networkLatency: 50, privileged: false },
  { cpuCount: 1, memSize: 0, networkLatency: 0, privileged: true },
];

const shipped: SchedulerLimits = {
  heartbeatMs: 5_000,
  fenceAfterMs: 15_000,
  lostAfterMs: 20_000,
  acceptWithinMs: 5_000,
  deadlineGraceMs: 45_000,
  queueLimitMs: 300_000,
  ageingMs: 60_000,
  helpAfterMs: 50,
};

// Ten times as fast, with the same proportions: a minute then holds ten times the trouble.
const hurried: SchedulerLimits = {
  heartbeatMs: 500,
  fenceAfterMs: 1_500,
  lostAfterMs: 2_000,
  acceptWithinMs: 1_000,
  deadlineGraceMs: 4_500,
  queueLimitMs: 90_000,
  ageingMs: 6_000,
  helpAfterMs: 50,
};

/** Tasks wait for seconds only, as behind a queue of hours: else none would expire in a run. */
const impatient: SchedulerLimits = { ...hurried, queueLimitMs: 2_500 };

export function drawTopology(random: Random): Topology {
  const pace = random.happens(0.03) ? 'as shipped' : 'hurried';
  const quick = random.happens(0.1) ? impatient : hurried;
  return {
    partitions: random.int(1, 3),
    taskCommands: names('task-command', random.int(1, 2)),
    projections: names('projection', random.int(1, 2)),
    schedulers: names('scheduler', random.int(1, 2)),
    clients: names('client', random.int(1, 2)),
    nodes: drawNodes(random),
    limits: pace === 'hurried' ? quick : shipped,
    maxWaiting: random.pick([2, 64]),
    appendLanes: random.int(1, 2),
    keepaliveMs: pace === 'hurried' ? 1_500 : 15_000,
    pace,
  };
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
}

/** The first node fits everything; the others have one weakness each. */
function drawNodes(random: Random): NodePlan[] {
  const weaknesses: Partial<NodeOffer>[] = [
    {},
    { cpuCount: 1, memSizeMib: 256 },
    { networkLatencyMs: 200 },
    { privileged: false },
    { isolation: 'process', trustedTenants: tenants.slice(0, 1) },
  ];
  return Array.from({ length: random.int(2, 5) }, (_, index) => ({
    nodeId: parseNodeId(random.uuid()),
    name: `node-${index + 1}`,
    token: random.hex(32),
    offer: {
      ...strong,
      slots: random.int(1, 3),
      lookahead: random.pick([0, 3]),
      ...weaknesses[index],
    },
  }));
}

const strong: NodeOffer = {
  cpuCount: 4,
  memSizeMib: 2_048,
  networkLatencyMs: 10,
  privileged: true,
  slots: 2,
  lookahead: 0,
  energySource: 'renewable',
  carbonIntensity: 30,
  isolation: 'namespace',
  trustedTenants: [],
  acceptsUntrusted: false,
};
