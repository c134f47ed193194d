import type { Random } from './chance/random.ts';
import { Nemesis } from './faults/nemesis.ts';
import { drawSwarm, narrowSwarm, type Swarm } from './faults/swarm.ts';
import { Ledger } from './invariants/ledger.ts';
import { NatsServer } from './nats/nats-server.ts';
import { Network } from './network/network.ts';
import type { Plant } from './plants/plant.ts';
import { PostgresServer } from './postgres/postgres-server.ts';
import { type RunningClient, startClient } from './processes/client/client.ts';
import { House, type Running } from './processes/house.ts';
import { startNode } from './processes/node.ts';
import { startProjectionProcess } from './processes/projection.ts';
import { Replica } from './processes/replica.ts';
import { startSchedulerProcess } from './processes/scheduler.ts';
import { startTaskCommand } from './processes/task-command.ts';
import { drawTopology, tenants, type Topology } from './processes/topology.ts';
import { hashToken } from './product/scheduler.ts';
import type { Life } from './time/life.ts';
import type { World } from './time/world.ts';

/** All of one run: the servers, the processes, who uses them, and who harms them. */
export interface Cluster {
  readonly house: House;
  readonly swarm: Swarm;
  readonly clients: readonly Replica<RunningClient>[];
  readonly nemesis: Nemesis;
}

/** Draws a cluster and what will happen to it, and starts everything at once. */
export function startCluster(world: World, random: Random, plant: Plant): Cluster {
  const topology = drawTopology(random);
  const drawn = drawSwarm(random, topology.pace);
  const { under: kinds, load = 'busy' } = plant;
  const swarm = kinds === undefined ? drawn : narrowSwarm(drawn, { kinds, load }, random);
  const house = buildHouse(world, topology, plant);
  house.note('plan', () => JSON.stringify({ ...topology, nodes: topology.nodes.length, ...swarm }));
  enrolNodes(house, random);
  const clients = replicasOf(house, topology.clients, (_, life) =>
    startClient(house, life, { forMs: swarm.chaosMs, pauseMs: swarm.clientPauseMs }),
  );
  const replicas: readonly Replica[] = [
    ...replicasOf(house, topology.taskCommands, startTaskCommand),
    ...replicasOf(house, topology.projections, startProjectionProcess),
    ...replicasOf(house, topology.schedulers, startSchedulerProcess),
    ...topology.nodes.map(
      (plan) => new Replica(house, plan.name, (life) => startNode(house, life, plan)),
    ),
  ];
  for (const replica of [...replicas, ...clients]) replica.start();
  const nemesis = new Nemesis({ house, swarm, random: random.fork('nemesis'), replicas });
  return { house, swarm, clients, nemesis };
}

function buildHouse(world: World, topology: Topology, plant: Plant): House {
  const network = new Network(world);
  const { partitions } = topology;
  const postgres = new PostgresServer({ world, network, partitions, plant });
  const nats = new NatsServer(world, network);
  const ledger = new Ledger(world, topology);
  ledger.observe(postgres.tables, nats.nats);
  plant.nats?.(nats.nats);
  return new House({ world, network, postgres, nats, topology, ledger, plant });
}

function enrolNodes({ postgres, topology }: House, random: Random): void {
  for (const { nodeId, token } of topology.nodes) {
    const owner = random.pick(tenants);
    const login = { owner, tokenHash: hashToken(token), standing: 'enabled' } as const;
    postgres.tables.sessions.enrol(nodeId, login);
  }
}

function replicasOf<R extends Running>(
  house: House,
  names: readonly string[],
  start: (house: House, life: Life) => Promise<R>,
): Replica<R>[] {
  return names.map((name) => new Replica(house, name, (life) => start(house, life)));
}
