import { setTimeout as sleep } from 'node:timers/promises';
import type { Replicas } from '../servers/replicas.ts';
import type { Fault } from './fault.ts';
import { send } from './process-faults.ts';

// An agent drains for up to 30 s. The roll goes on meanwhile: its place is not needed.
const LIMIT_MS = 5_000;

/** SIGTERM to every process, one after the other, each when the one before has come back. */
export function rollingRestart(replicas: Replicas): Fault {
  return {
    target: 'all',
    harm: 'rolled',
    strike: async (random, signal) => {
      const places = (await replicas.all()).filter(({ service }) => !service.startsWith('nats'));
      for (const { service, replica, pid } of random.shuffled(places)) {
        if (signal.aborted) break;
        send(pid, 'SIGTERM');
        await successor({ service, replica, pid }, replicas);
      }
      return 'struck';
    },
  };
}

/** Another fault may keep it down: the roll goes on without it then. */
async function successor(
  old: { service: string; replica: string; pid: number },
  replicas: Replicas,
): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (Date.now() < limit) {
    const all = await replicas.all();
    const next = all.find(
      ({ service, replica }) => service === old.service && replica === old.replica,
    );
    if (next !== undefined && next.pid !== old.pid) return;
    await sleep(50);
  }
}
