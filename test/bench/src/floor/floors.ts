import type { Say } from '../systems/system.ts';
import { measureCalls } from './calls.ts';
import { measureCommits } from './commits.ts';
import { measureGets } from './gets.ts';
import { measurePublishes } from './publishes.ts';
import type { Rate } from './repeat.ts';

/** What is under every system on this machine, in the order of the table. */
export const FLOORS = [
  'commit',
  'commit64',
  'batchedCommit',
  'publish',
  'publish256',
  'call',
  'call64',
  'message',
  'message64',
  'get',
  'get64',
] as const;

export type FloorName = (typeof FLOORS)[number];

export type Floors = Readonly<Record<FloorName, Rate>>;

export type FloorOptions = {
  /** Of each measurement; there are eleven. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly say: Say;
};

/** Measures all floors, one after the other. Rejects at the abort, between two of them. */
export async function measureFloors({ seconds, signal, say }: FloorOptions): Promise<Floors> {
  const next = (what: string) => {
    signal.throwIfAborted();
    say(`floor: ${what}`);
  };
  next('commits');
  const commits = await measureCommits(seconds);
  next('publishes with ack');
  const publishes = await measurePublishes(seconds);
  next('gRPC calls and messages');
  const calls = await measureCalls(seconds);
  next('HTTP GETs');
  const gets = await measureGets(seconds);
  return { ...commits, ...publishes, ...calls, ...gets };
}
