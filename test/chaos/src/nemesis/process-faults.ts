import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '@greencloud/testing';
import type { Random } from '../random.ts';
import type { Living, Replicas } from '../servers/replicas.ts';
import type { Fault, Harm, Strike, Target } from './fault.ts';

/**
 * SIGKILL, SIGTERM and SIGSTOP of any replica of each service. Below a second a stopped process is
 * what others see of an event loop that stalls; up to 9 s goes beyond leases, sessions and fences.
 */
export function processFaults(replicas: Replicas): Fault[] {
  return serviceNames.flatMap((service) => [
    onOne(replicas, service, 'killed', async ({ pid }) => send(pid, 'SIGKILL')),
    onOne(replicas, service, 'terminated', async ({ pid }) => send(pid, 'SIGTERM')),
    onOne(replicas, service, 'stalled', ({ pid }, random) =>
      pause([pid], random.between(100, 900)),
    ),
    onOne(replicas, service, 'paused', ({ pid }, random) =>
      pause([pid], random.between(1_500, 9_000)),
    ),
  ]);
}

function onOne(
  replicas: Replicas,
  service: Target,
  harm: Harm,
  act: (living: Living, random: Random) => Promise<Strike>,
): Fault {
  return {
    target: service,
    harm,
    strike: async (random) => {
      const living = (await replicas.all()).filter((each) => each.service === service);
      return living.length === 0 ? 'missed' : act(random.pick(living), random);
    },
  };
}

/** Stops all of them for a time; whatever happens, they go on. */
export async function pause(pids: readonly number[], ms: number): Promise<Strike> {
  try {
    const sent = pids.map((pid) => send(pid, 'SIGSTOP'));
    if (sent.every((strike) => strike === 'missed')) return 'missed';
    await sleep(ms);
    return 'struck';
  } finally {
    for (const pid of pids) send(pid, 'SIGCONT');
  }
}

export function send(pid: number, signal: NodeJS.Signals): Strike {
  try {
    process.kill(pid, signal);
    return 'struck';
  } catch {
    return 'missed';
  }
}
