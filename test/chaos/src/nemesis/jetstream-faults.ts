import { connect, type JetStreamManager } from 'nats';
import type { Random } from '../random.ts';
import type { Fault, Harm } from './fault.ts';

/** Behind the bus's back: the events of one partition vanish, or whoever follows them is forgotten. */
export function jetStreamFaults(natsUrl: string): Fault[] {
  return [
    onStream(natsUrl, 'stream deleted', (manager, stream) => manager.streams.delete(stream)),
    onStream(natsUrl, 'stream purged', (manager, stream) => manager.streams.purge(stream)),
    onStream(natsUrl, 'consumers deleted', async (manager, stream) => {
      for await (const { name } of manager.consumers.list(stream)) {
        await manager.consumers.delete(stream, name);
      }
    }),
  ];
}

function onStream(
  natsUrl: string,
  harm: Harm,
  act: (manager: JetStreamManager, stream: string) => Promise<unknown>,
): Fault {
  return {
    target: 'nats',
    harm,
    strike: async (random) => {
      const connection = await connect({
        servers: natsUrl,
        reconnect: false,
        timeout: 2_000,
      }).catch(() => undefined);
      if (connection === undefined) return 'missed';
      try {
        const manager = await connection.jetstreamManager();
        await act(manager, await anyStream(manager, random));
        return 'struck';
      } catch {
        return 'missed';
      } finally {
        await connection.close();
      }
    },
  };
}

async function anyStream(manager: JetStreamManager, random: Random): Promise<string> {
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  return random.pick(names.toSorted());
}
