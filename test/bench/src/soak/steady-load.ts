import { setTimeout as sleep } from 'node:timers/promises';
import { awaitFinished } from '../client/await-finished.ts';
import type { RestDoor } from '../client/rest-door.ts';

export type SteadyOptions = {
  /** Tasks a second. */
  readonly rate: number;
  readonly milliseconds: number;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
};

export type SteadyResult = {
  readonly posted: number;
  /** Due while as many as may be were on their way: not posted. */
  readonly skipped: number;
  readonly failures: readonly string[];
  /** Of each hundredth task, from its POST to the GET that shows its finish. */
  readonly seenMs: readonly number[];
};

const TICK_MS = 10;
const MOST_UNDER_WAY = 256;
const FOLLOWED = 100;
const MOST_FAILURES = 100;

/** Posts at an even rate, whatever the answers take. Ends early, and well, at the abort. */
export async function steadyLoad(door: RestDoor, options: SteadyOptions): Promise<SteadyResult> {
  const { rate, milliseconds, limitSeconds, signal } = options;
  const failures: string[] = [];
  const seenMs: number[] = [];
  const underWay = new Set<Promise<void>>();
  let due = 0;
  let posted = 0;

  const one = async (number: number) => {
    const begun = performance.now();
    try {
      const id = await door.post();
      posted += 1;
      if (number % FOLLOWED !== 0) return;
      await awaitFinished(door, [id], limitSeconds);
      seenMs.push(performance.now() - begun);
    } catch (error) {
      // What fails because the run was interrupted is no failure of the system.
      if (!signal.aborted) failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  const start = performance.now();
  let skipped = 0;
  for (let now = start; now < start + milliseconds; now = performance.now()) {
    for (const owed = ((now - start) / 1_000) * rate; due < owed; due++) {
      if (underWay.size >= MOST_UNDER_WAY) skipped += 1;
      else {
        const task: Promise<void> = one(due).finally(() => underWay.delete(task));
        underWay.add(task);
      }
    }
    if (signal.aborted || failures.length > MOST_FAILURES) break;
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
  if (!signal.aborted) await Promise.all(underWay);
  return { posted, skipped, failures, seenMs };
}
