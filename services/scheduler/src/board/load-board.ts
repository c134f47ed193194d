import type { LogReader } from '@greencloud/event-log';
import type { Board } from './board.ts';

/** By partition: the position that the board is built from. */
export type AsOf = ReadonlyMap<number, bigint>;

/** Fills the board with the open tasks of every partition, side by side, and tells its listeners. */
export async function loadBoard(
  board: Board,
  log: Pick<LogReader, 'getLog' | 'listOpenTasks'>,
  signal: AbortSignal,
): Promise<AsOf> {
  board.clear();
  const { partitions } = await log.getLog(signal);
  const positions = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const asOf = await loadPartition(partition, board, log, signal);
      return [partition, asOf] as const;
    }),
  );
  board.announce();
  return new Map(positions);
}

async function loadPartition(
  partition: number,
  board: Board,
  log: Pick<LogReader, 'listOpenTasks'>,
  signal: AbortSignal,
): Promise<bigint> {
  let position = 0n;
  for await (const { asOf, streams } of log.listOpenTasks(partition, signal)) {
    position = asOf;
    board.load(streams);
  }
  return position;
}
