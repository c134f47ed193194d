import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadJob } from './job.ts';
import type { RestDoor } from './rest-door.ts';

/** Posts single tasks, a gap after each finish; gives each one's time from POST to seen finish. */
export async function singles(door: RestDoor, job: LoadJob): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let i = 0; i < job.singles; i++) {
    latenciesMs.push(await single(door, job.limitSeconds));
    await sleep(job.gapMs);
  }
  return latenciesMs;
}

async function single(door: RestDoor, limitSeconds: number): Promise<number> {
  const start = performance.now();
  const id = await door.post();
  while (!(await door.isFinished(id))) {
    if (performance.now() - start > limitSeconds * 1000) {
      throw new Error(`task ${id} alone was open after ${limitSeconds} s`);
    }
    await sleep(1);
  }
  return performance.now() - start;
}
