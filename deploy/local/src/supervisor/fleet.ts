import type { Report } from '../report.ts';
import type { Part } from './part.ts';
import { type Supervised, supervise } from './supervise.ts';

/**
 * In what order the stack ends, and how long each group may take: callers before those they call,
 * agents while there is a scheduler to hand their work back to. 9.2 s in all of the 10 s that the
 * whole tree has; what is not gone by then is killed. The edge is told to end requests in flight
 * after 1 s; behind it nobody has any, so the services need not be told.
 */
const STOP_ORDER = [
  { group: 'edge', limitMs: 1_500 },
  { group: 'agents', limitMs: 3_000 },
  { group: 'services', limitMs: 2_500 },
  { group: 'nats', limitMs: 700 },
  { group: 'postgres', limitMs: 1_500 },
] as const;

export type Group = (typeof STOP_ORDER)[number]['group'];

export type ProcessEntry = {
  readonly service: string;
  readonly replica: string;
  readonly pid: number;
};

/** All processes of the stack. */
export type Fleet = {
  /** Starts a part and keeps it running; rejects when its first start fails. */
  readonly start: (group: Group, part: Part) => Promise<void>;
  /** Those that serve now. */
  readonly processes: () => ProcessEntry[];
  /** Ends everything in order; nothing can be started any more. */
  readonly stop: () => Promise<void>;
  /** Ends everything by SIGKILL at once. */
  readonly kill: () => Promise<void>;
};

/** `onChange` is called whenever `processes()` has changed. */
export function createFleet(report: Report, onChange: () => void): Fleet {
  const members: { group: Group; supervised: Supervised }[] = [];
  let state: 'open' | 'closed' = 'open';
  return {
    start: async (group, part) => {
      if (state === 'closed') throw new Error('the stack stops');
      const supervised = supervise(part, { report, onChange });
      members.push({ group, supervised });
      await supervised.started;
    },
    processes: () => members.flatMap(({ supervised }) => entryOf(supervised)),
    stop: async () => {
      state = 'closed';
      for (const { group, limitMs } of STOP_ORDER) {
        const leaving = members.filter((member) => member.group === group);
        await Promise.all(leaving.map(({ supervised }) => supervised.stop(limitMs)));
      }
    },
    kill: async () => {
      state = 'closed';
      await Promise.all(members.map(({ supervised }) => supervised.stop(0)));
    },
  };
}

function entryOf({ service, replica, pid }: Supervised): ProcessEntry[] {
  const number = pid();
  return number === undefined ? [] : [{ service, replica, pid: number }];
}
