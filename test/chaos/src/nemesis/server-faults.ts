import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosStack } from '../servers/chaos-stack.ts';
import type { TcpProxy } from '../servers/tcp-proxy.ts';
import type { Fault, Target } from './fault.ts';
import { pause } from './process-faults.ts';

type Servers = Pick<ChaosStack, 'postgres' | 'nats' | 'proxies'>;

/** Both servers end, with notice and without, stand still, and are far away. */
export function serverFaults({ postgres, nats, proxies }: Servers): Fault[] {
  return [
    ...ofServer('postgres', postgres),
    ...ofServer('nats', nats),
    {
      target: 'nats',
      harm: 'wiped',
      strike: async () => {
        await nats.wipe();
        await nats.start();
        return 'struck';
      },
    },
    ...ofNetwork('postgres', proxies.postgres),
    ...ofNetwork('nats', proxies.nats),
  ];
}

function ofServer(target: Target, server: Servers['postgres'] | Servers['nats']): Fault[] {
  return [
    {
      target,
      harm: 'killed',
      strike: async (random) => {
        await server.kill();
        await sleep(random.between(0, 1_500));
        await server.start();
        return 'struck';
      },
    },
    {
      target,
      harm: 'restarted',
      strike: async () => {
        await server.stop();
        await server.start();
        return 'struck';
      },
    },
    {
      target,
      harm: 'paused',
      strike: async (random) => {
        const pid = server.pid();
        if (pid === 'stopped') return 'missed';
        return pause([pid, ...(await childrenOf(pid))], random.between(500, 6_000));
      },
    },
  ];
}

function ofNetwork(target: Target, proxy: TcpProxy): Fault[] {
  return [
    {
      target,
      harm: 'connections cut',
      strike: async (random) => {
        proxy.setWeather({ kind: 'cut' });
        await sleep(random.between(100, 4_000));
        proxy.setWeather({ kind: 'clear' });
        return 'struck';
      },
    },
    {
      target,
      harm: 'connections slowed',
      strike: async (random) => {
        proxy.setWeather({ kind: 'slow', delayMs: random.between(20, 250) });
        await sleep(random.between(1_000, 5_000));
        proxy.setWeather({ kind: 'clear' });
        return 'struck';
      },
    },
  ];
}

/** A Postgres is a process for each connection (Linux). */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_, index) => parents[index] === parent);
}

async function parentOf(pid: number): Promise<number | undefined> {
  // The command's name stands in brackets and may hold anything.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return after[1] === undefined ? undefined : Number(after[1]);
}
