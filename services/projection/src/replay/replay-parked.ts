import type { TaskId } from '@greencloud/domain';
import type { LogReader } from '@greencloud/event-log';
import { giveBackLeases, seizeLeases } from '../rebuild/seize-leases.ts';
import { findParked, type ParkedTask, readParkedAfter } from './read-parked.ts';
import { replayBatch, type ReplayPorts } from './replay-batch.ts';

export interface ReplayParkedPorts extends ReplayPorts {
  readonly reader: Pick<LogReader, 'getLog' | 'readTasks'>;
  /** One line for a person. */
  readonly print: (line: string) => void;
}

// Read, folded and written in some 100 ms, far within the seized leases' 15 s.
const batchSize = 500;

/**
 * Brings parked tasks back into the views: those whose events this release can apply. Prints what
 * became of each, and answers how many are not back.
 */
export async function replayParked(
  ports: ReplayParkedPorts,
  which: TaskId | 'all',
): Promise<number> {
  const { partitions } = await ports.reader.getLog();
  if (which !== 'all') return await replayOne(ports, partitions, which);
  let left = 0;
  for (let after: TaskId | '' = ''; ; ) {
    const tasks = await readParkedAfter(ports.db, after, batchSize);
    const last = tasks.at(-1);
    if (last === undefined) {
      if (after === '') ports.print('no task is parked');
      return left;
    }
    left += await replay(ports, partitions, tasks);
    after = last.taskId;
  }
}

async function replayOne(
  ports: ReplayParkedPorts,
  partitions: number,
  taskId: TaskId,
): Promise<number> {
  const task = await findParked(ports.db, taskId);
  if (task !== undefined) return await replay(ports, partitions, [task]);
  ports.print(`task ${taskId} is not parked`);
  return 1;
}

async function replay(
  ports: ReplayParkedPorts,
  partitions: number,
  tasks: readonly ParkedTask[],
): Promise<number> {
  const { db, print } = ports;
  const seizure = await seizeLeases(db, partitions);
  try {
    const outcomes = await replayBatch(ports, seizure, tasks);
    for (const outcome of outcomes) {
      const { kind, taskId } = outcome;
      print(
        kind === 'replayed'
          ? `task ${taskId} is back, at version ${outcome.version}`
          : `task ${taskId} is still parked: ${outcome.reason}`,
      );
    }
    return outcomes.filter(({ kind }) => kind === 'still parked').length;
  } finally {
    await giveBackLeases(db, seizure);
  }
}
