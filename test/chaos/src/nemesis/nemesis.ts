import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';
import { roundsOf } from './rounds.ts';

export type Struck = {
  readonly fault: Fault;
  readonly startedAt: number;
  readonly endedAt: number;
};

export type NemesisOptions = {
  readonly faults: readonly Fault[];
  /** Lanes that do harm at the same time. */
  readonly lanes: number;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onStruck?: (struck: Struck) => void;
};

/** Harms until the signal, round after round. When it resolves, all harm is taken back. */
export async function runNemesis(options: NemesisOptions): Promise<Struck[]> {
  const struck: Struck[] = [];
  // One server is harmed in one way at a time: starting it again must not wait for another's turn.
  const busy = new Set<string>();
  const rounds = roundsOf(options.faults, options.random);
  const lanes = Array.from({ length: options.lanes }, () => runLane(options, rounds, busy, struck));
  await Promise.all(lanes);
  return struck;
}

async function runLane(
  { random, signal, onStruck }: NemesisOptions,
  rounds: Iterator<Fault, never>,
  busy: Set<string>,
  struck: Struck[],
): Promise<void> {
  while (!signal.aborted) {
    const fault = rounds.next().value;
    if (busy.has(fault.target)) {
      await sleep(50);
      continue;
    }
    busy.add(fault.target);
    const startedAt = Date.now();
    const strike = await fault.strike(random, signal).finally(() => busy.delete(fault.target));
    const done = { fault, startedAt, endedAt: Date.now() };
    if (strike === 'struck') {
      struck.push(done);
      onStruck?.(done);
    }
    await sleep(random.between(200, 2_500), undefined, { signal }).catch(() => undefined);
  }
}
