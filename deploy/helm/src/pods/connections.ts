import { setTimeout as sleep } from 'node:timers/promises';
import { connectionsOf } from './sockets.ts';

export interface Seen {
  readonly from: string;
  /** address:port */
  readonly peer: string;
}

export interface Watch {
  /** One look at this very moment. */
  look(): void;
  stop(): Promise<Seen[]>;
}

/** Looks at the sockets of processes (pid → component), again and again until it is stopped. */
export function watchConnections(processes: () => ReadonlyMap<number, string>): Watch {
  const found = new Map<string, Seen>();
  const ends = new AbortController();
  const look = () => {
    const components = processes();
    for (const { pid, peer } of connectionsOf(new Set(components.keys()))) {
      const from = components.get(pid) ?? '';
      found.set(`${from} ${peer}`, { from, peer });
    }
  };
  const watching = (async () => {
    while (!ends.signal.aborted) {
      look();
      // A Job lives for some hundred ms.
      await sleep(25);
    }
  })();
  return {
    look,
    stop: async () => {
      look();
      ends.abort();
      await watching;
      return [...found.values()];
    },
  };
}
