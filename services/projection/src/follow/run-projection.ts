import { randomUUID } from 'node:crypto';
import type { LogReader } from '@greencloud/event-log';
import {
  createLeaseKeeper,
  type Lease,
  type LeaseKeeper,
  type LeaseTurn,
} from '@greencloud/postgres';
import { type Logger, retry, sleep } from '@greencloud/runtime';
import { ensureCheckpoints } from '../apply/checkpoint.ts';
import { createViewsWriter, type ViewsWriter } from '../apply/views-writer.ts';
import { type Db, leaseTables, liveSchema } from '../postgres/database.ts';
import { isSchemaMissing } from '../postgres/sql-states.ts';
import type { Lag } from './lag.ts';
import { runPartitionWorker, type WorkerPorts, type WorkerTask } from './partition-worker.ts';

export interface ProjectionPorts extends Omit<WorkerPorts, 'views'> {
  readonly byId: Db;
  readonly leases: Db;
  readonly replica: string;
}

export interface Projection {
  /** Why the views cannot be kept now, for the readiness check. */
  problem(): string | undefined;
  /** Stops the workers and gives back the leases. */
  stop(): Promise<void>;
}

const headEveryMs = 1_000;

/** Keeps this replica's share of the partitions and follows them into the views. */
export function startProjection(ports: ProjectionPorts): Projection {
  const { logger } = ports;
  const ending = new AbortController();
  const views = createViewsWriter({
    db: ports.byId,
    schema: liveSchema,
    logger,
    onWritten: (events, seconds) => ports.metrics.wrote(events, seconds),
    signal: ending.signal,
  });
  let problem: string | undefined = 'the log does not answer yet';
  const onTurn = (turn: LeaseTurn) => {
    const next = problemOf(turn);
    if (next !== problem) logger.info({ problem: next ?? 'none' }, 'the views');
    problem = next;
  };
  const ended = followShare({ ...ports, views }, onTurn, ending.signal);
  void watchHeads(ports.reader, ports.metrics.lag, ending.signal);
  return {
    problem: () => problem,
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

async function followShare(
  ports: ProjectionPorts & { readonly views: ViewsWriter },
  onTurn: (turn: LeaseTurn) => void,
  signal: AbortSignal,
): Promise<void> {
  const { reader, leases, logger } = ports;
  const partitions = await partitionsOf(reader, logger, signal);
  if (signal.aborted) return;
  const self = { id: randomUUID(), name: ports.replica };
  const taskOf = (lease: Lease): WorkerTask => ({
    ...lease,
    instance: self.id,
    partitions,
    isHeld: () => keeper.holds(lease.partition),
  });
  const keeper: LeaseKeeper = createLeaseKeeper({
    db: leases,
    tables: leaseTables,
    self,
    partitions,
    prepare: () => ensureCheckpoints(leases, liveSchema, partitions),
    work: (lease, lost) => runPartitionWorker(ports, taskOf(lease), lost),
    onTurn(turn) {
      if (turn.kind === 'failed') logger.debug({ err: turn.error }, 'the leases cannot be kept');
      onTurn(turn);
    },
  });
  await keeper.run(signal);
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

function problemOf(turn: LeaseTurn): string | undefined {
  if (turn.kind === 'kept') return undefined;
  if (isSchemaMissing(turn.error)) return 'the schema of the views is missing: run the rebuild';
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
