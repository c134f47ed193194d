import { quantile } from '@greencloud/testing';
import { awaitFinished, findOpen } from './await-finished.ts';
import { type Burst, burst } from './burst.ts';
import type { LoadJob, LoadResult, Phase } from './job.ts';
import type { RestDoor } from './rest-door.ts';
import { singles } from './singles.ts';

/** As many as the burst has connections: the tasks that were posted last. */
const TAIL = 64;

/** Puts one system under the job's load. `begin` is awaited before each phase. */
export async function load(
  door: RestDoor,
  job: LoadJob,
  begin: (phase: Phase) => Promise<void>,
): Promise<LoadResult> {
  await begin('warm-up');
  const warm = await burst(door, job.warmUpTasks, job.connections);
  await awaitFinished(door, warm.ids, job.limitSeconds);

  await begin('burst');
  const start = performance.now();
  const posted = await burst(door, job.tasks, job.connections);
  const acceptedMs = performance.now() - start;
  const { finishedMs, stragglers } = await finishBurst(door, job, posted, start, begin);

  await begin('singles');
  const seenMs = await singles(door, job);
  const figures = {
    acceptedPerSecond: perSecond(job.tasks, acceptedMs),
    acceptP50Ms: quantile(posted.latenciesMs, 0.5),
    acceptP99Ms: quantile(posted.latenciesMs, 0.99),
    finishedPerSecond: perSecond(job.tasks, finishedMs),
    seenP50Ms: quantile(seenMs, 0.5),
    seenP95Ms: quantile(seenMs, 0.95),
    seenP99Ms: quantile(seenMs, 0.99),
  };
  return { figures, stragglers };
}

/**
 * The burst's end is when the tasks posted last are seen finished. Then all are looked at, outside
 * of that time, since 5,000 GETs cost as much as the burst itself; if any is still open, the end
 * is when the last of those is seen finished.
 */
async function finishBurst(
  door: RestDoor,
  job: LoadJob,
  { ids }: Burst,
  start: number,
  begin: (phase: Phase) => Promise<void>,
): Promise<{ finishedMs: number; stragglers: number }> {
  await awaitFinished(door, ids.slice(-TAIL), job.limitSeconds);
  const tailMs = performance.now() - start;
  await begin('sweep');
  const open = await findOpen(door, ids, job.connections);
  await awaitFinished(door, open, job.limitSeconds);
  const finishedMs = open.length === 0 ? tailMs : performance.now() - start;
  return { finishedMs, stragglers: open.length };
}

function perSecond(count: number, ms: number): number {
  return count / (ms / 1000);
}
