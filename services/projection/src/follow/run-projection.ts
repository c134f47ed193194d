import { randomUUID } from 'node:crypto';
import type { LogReader } from '@greencloud/event-log';
import {
  createLeaseKeeper,
  type Lease,
  type LeaseKeeper,
  type LeaseTurn,
} from '@greencloud/postgres';
import { type Logger, retry } from '@greencloud/runtime';
import { ensureCheckpoints } from '../apply/checkpoint.ts';
import { createViewsWriter, type ViewsWriter } from '../apply/views-writer.ts';
import { type Db, leaseTables, liveSchema } from '../postgres/database.ts';
import { isSchemaMissing } from '../postgres/sql-states.ts';
import { LogWatch } from './log-watch.ts';
import { runPartitionWorker, type WorkerPorts, type WorkerTask } from './partition-worker.ts';

export interface ProjectionPorts extends Omit<WorkerPorts, 'views'> {
  readonly byId: Db;
  readonly leases: Db;
  readonly replica: string;
  /** How long the log may fail before this replica leaves its partitions to others. */
  readonly logPatienceMs?: number | undefined;
}

export interface Projection {
  /** Why this replica is of no use now, for the readiness check. */
  problem(): string | undefined;
  /** Stops the workers and gives back the leases. */
  stop(): Promise<void>;
}

type ViewsState = 'unknown' | 'kept' | 'gone' | 'away';

const problems: Record<ViewsState, string | undefined> = {
  unknown: 'the log does not answer yet',
  kept: undefined,
  gone: 'the schema of the views is missing: run the rebuild',
  away: 'the database does not answer',
};

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
  let state: ViewsState = 'unknown';
  const onTurn = (turn: LeaseTurn) => {
    const next = stateAfter(turn);
    const problem = problems[next];
    if (next !== state && problem === undefined) logger.info('the views are kept');
    else if (next !== state) logger.warn({ problem }, 'the views');
    state = next;
  };
  const { reader, metrics, logPatienceMs: patienceMs } = ports;
  const watch = new LogWatch({ reader, lag: metrics.lag, logger, patienceMs });
  const ended = followShare({ ...ports, views, watch }, onTurn, ending.signal);
  void watch.run(ending.signal);
  return {
    // Without the views single tasks are read from the log: every replica lacks them, and none
    // would be found for that if all said so here.
    problem: () => (state === 'gone' ? undefined : problems[state]),
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

interface SharePorts extends ProjectionPorts {
  readonly views: ViewsWriter;
  readonly watch: Pick<LogWatch, 'canFollow'>;
}

async function followShare(
  ports: SharePorts,
  onTurn: (turn: LeaseTurn) => void,
  signal: AbortSignal,
): Promise<void> {
  const { reader, leases, logger, watch } = ports;
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
    canHold: () => watch.canFollow(),
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

function stateAfter(turn: LeaseTurn): ViewsState {
  if (turn.kind === 'kept') return 'kept';
  return isSchemaMissing(turn.error) ? 'gone' : 'away';
}
