import type { Replica } from '../processes/replica.ts';
import { downMs, type Harm, spanMs, victimOf } from './harm.ts';

export function kill(harm: Harm): void {
  killReplica(harm, victimOf(harm));
}

/** The node of the task that has lost most of them, so that some tasks lose as many as they may. */
export function hunt(harm: Harm): void {
  const { house, replicas } = harm;
  const held = [...house.ledger.log.tasks.values()].filter(({ nodeId, state }) => {
    return nodeId !== null && state !== 'finished';
  });
  const prey = held.toSorted((a, b) => b.losses - a.losses)[0];
  const place = house.topology.nodes.find(({ nodeId }) => nodeId === prey?.nodeId);
  const replica = replicas.find(({ name }) => name === place?.name);
  if (replica?.life?.state === 'alive') killReplica(harm, replica);
}

/** Between any two steps of a process, also in the middle of what it does together. */
export function killBetweenSteps(harm: Harm): void {
  const replica = victimOf(harm);
  const { life } = replica;
  if (life === undefined || life.state === 'dead') return;
  const steps = harm.random.int(1, 200);
  harm.say(() => `will kill ${replica.name} after ${steps} steps`);
  life.stepsLeft = steps;
  life.onLastStep = () => {
    if (harm.state() === 'at work' && replica.life === life) killReplica(harm, replica);
  };
}

export function terminate(harm: Harm): void {
  const replica = victimOf(harm);
  const ms = downMs(harm);
  harm.say(() => `terminates ${replica.name}`);
  replica.terminate(() => startAgain(harm, replica, ms));
}

/** It goes on where it was, and believes what it believed: the zombie. */
export function freeze(harm: Harm): void {
  const { world, network } = harm.house;
  const replica = victimOf(harm);
  const { life } = replica;
  if (life === undefined || life.state === 'dead') return;
  const ms = spanMs(harm);
  harm.say(() => `freezes ${replica.name} for ${ms} ms`);
  world.freeze(life, ms);
  network.silence(replica.name, ms);
}

function killReplica(harm: Harm, replica: Replica): void {
  const ms = downMs(harm);
  harm.say(() => `kills ${replica.name} for ${ms} ms`);
  replica.kill();
  startAgain(harm, replica, ms);
}

function startAgain({ house: { world } }: Harm, replica: Replica, afterMs: number): void {
  world.plan(world.keeper, afterMs, 'restart', () => replica.start());
}
