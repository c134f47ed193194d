import type { LogReader, OpenTasks } from '@greencloud/event-log';
import { Slices } from '../slices.ts';
import type { World } from '../world.ts';
import type { Board } from './board.ts';
import { inOrder } from './in-order.ts';
import type { OpenTask } from './open-task.ts';

/** By partition: the position that the board is built from. */
export type AsOf = ReadonlyMap<number, bigint>;

export interface LoadBoardOptions {
  readonly world: World;
  readonly board: Board;
  readonly log: Pick<LogReader, 'getLog' | 'listOpenTasks'>;
  readonly signal: AbortSignal;
}

// Nobody waits for this replica yet, but for its probes.
const sliceMs = 4;

/**
 * Fills the board with the open tasks of every partition and tells its listeners, oldest first:
 * 1,000,000 open tasks take seconds, of which no turn is to take more than a slice.
 *
 * One partition after the other: each is a snapshot, of which task-command holds two at a time, so
 * all at once would wait for each other until they were refused. And one that breaks leaves none
 * behind that goes on into a board which the next attempt has cleared.
 */
export async function loadBoard(options: LoadBoardOptions): Promise<AsOf> {
  const { world, board, log, signal } = options;
  const slices = new Slices(world, sliceMs);
  board.clear();
  const { partitions } = await log.getLog(signal);
  const parts: OpenTask[][] = [];
  const positions = new Map<number, bigint>();
  for (let partition = 0; partition < partitions; partition++) {
    positions.set(partition, await loadPartition(partition, parts, options));
  }
  for (const task of inOrder(parts, isBefore)) {
    board.announce(task);
    if (slices.isOver) await slices.next();
  }
  return positions;
}

async function loadPartition(
  partition: number,
  parts: OpenTask[][],
  { world, board, log, signal }: LoadBoardOptions,
): Promise<bigint> {
  const slices = new Slices(world, sliceMs);
  let position = 0n;
  for await (const { asOf, streams } of log.listOpenTasks(partition, signal)) {
    position = asOf;
    parts.push(loadPart(streams, board));
    if (slices.isOver) await slices.next();
  }
  return position;
}

/** One answer of the log has 250 streams: a millisecond. */
function loadPart(streams: OpenTasks['streams'], board: Board): OpenTask[] {
  return streams
    .flatMap((stream) => board.load(stream) ?? [])
    .toSorted((a, b) => a.since - b.since);
}

function isBefore(a: OpenTask, b: OpenTask): boolean {
  return a.since < b.since;
}
