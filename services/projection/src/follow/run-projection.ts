import { randomUUID } from 'node:crypto';
import type { LogReader } from '@greencloud/event-log';
import { createSignal, type Logger, retry, sleep } from '@greencloud/runtime';
import { createLeaseKeeper } from '../lease/lease-keeper.ts';
import { type Instance, signOut } from '../lease/lease-table.ts';
import { createViewsWriter } from '../apply/views-writer.ts';
import { type Db, liveSchema } from '../postgres/database.ts';
import { isSchemaMissing } from '../postgres/sql-states.ts';
import type { Lag } from './lag.ts';
import { runPartitionWorker, type WorkerPorts } from './partition-worker.ts';
import { createWorkers, type Workers } from './workers.ts';

export interface ProjectionPorts extends Omit<WorkerPorts, 'views'> {
  readonly byId: Db;
  /** Leases: a pool whose commits are durable. */
  readonly leases: Db;
  readonly replica: string;
}

export interface Projection {
  /** Why the views cannot be kept now, for the readiness check. */
  problem(): string | undefined;
  /** Stops the workers and gives back the leases. */
  stop(): Promise<void>;
}

// A lease lasts 5 s: it survives two renewals that fail.
const renewEveryMs = 1_500;
const headEveryMs = 1_000;

/** Keeps this replica's share of the partitions and follows them into the views. */
export function startProjection(ports: ProjectionPorts): Projection {
  const { logger } = ports;
  const self: Instance = { id: randomUUID(), name: ports.replica };
  const ending = new AbortController();
  const wake = createSignal();
  const views = createViewsWriter({
    db: ports.byId,
    schema: liveSchema,
    logger,
    onWritten: (events, seconds) => ports.metrics.wrote(events, seconds),
    signal: ending.signal,
  });
  const workers = createWorkers(
    (lease, signal) =>
      runPartitionWorker({ ...ports, views }, { ...lease, instance: self.id }, signal),
    () => wake.notify(),
  );
  let problem: string | undefined = 'the log does not answer yet';
  const say = (next: string | undefined) => {
    if (next !== problem) logger.info({ problem: next ?? 'none' }, 'the views');
    problem = next;
  };
  const ended = keepLeases(ports, self, workers, { signal: ending.signal, wake, say });
  void watchHeads(ports.reader, ports.metrics.lag, ending.signal);
  return {
    problem: () => problem,
    async stop() {
      ending.abort();
      await ended;
      await workers.stop(workers.partitions());
      await signOut(ports.leases, self).catch((error: unknown) => {
        logger.warn({ err: error }, 'the leases end by themselves');
      });
    },
  };
}

interface Loop {
  readonly signal: AbortSignal;
  readonly wake: ReturnType<typeof createSignal>;
  readonly say: (problem: string | undefined) => void;
}

async function keepLeases(
  { reader, leases, logger }: ProjectionPorts,
  self: Instance,
  workers: Workers,
  { signal, wake, say }: Loop,
): Promise<void> {
  const partitions = await partitionsOf(reader, logger, signal);
  const keeper = createLeaseKeeper(leases, self, partitions);
  while (!signal.aborted) {
    try {
      await workers.set(await keeper.keep((surplus) => workers.stop(surplus)));
      say(undefined);
    } catch (error) {
      logger.debug({ err: error }, 'the leases cannot be kept');
      say(problemOf(error));
    }
    await wake.wait(signal, renewEveryMs);
  }
}

/** Fixed when the log was created, so it is asked once. */
async function partitionsOf(
  reader: LogReader,
  logger: Logger,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { partitions } = await retry(() => reader.getLog(signal), {
      signal,
      maxMs: 1_000,
      onFailure: ({ error }) => logger.debug({ err: error }, 'the log does not answer yet'),
    });
    return partitions;
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  }
}

function problemOf(error: unknown): string {
  if (isSchemaMissing(error)) return 'the schema of the views is missing: run the rebuild';
  return 'the database does not answer';
}

/** Asks for the heads of all partitions, for the lag; a log that is away leaves the last answer. */
async function watchHeads(reader: LogReader, lag: Lag, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { heads } = await reader.getLog(signal);
      lag.seen(heads);
    } catch {
      // The follower says it.
    }
    await sleep(headEveryMs, signal);
  }
}
