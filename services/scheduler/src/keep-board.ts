import type { LiveEvents } from '@greencloud/bus';
import type { LogReader } from '@greencloud/event-log';
import { type Health, type Lifecycle, type Logger, retry } from '@greencloud/runtime';
import type { Board } from './board/board.ts';
import { Following, followLog } from './board/follow-log.ts';
import { type AsOf, loadBoard } from './board/load-board.ts';
import type { World } from './world.ts';

export interface KeepBoardOptions {
  readonly world: World;
  readonly board: Board;
  readonly reader: LogReader;
  readonly bus: Pick<LiveEvents, 'follow'>;
  readonly health: Health;
  readonly lifecycle: Pick<Lifecycle, 'signal' | 'fail'>;
  readonly logger: Logger;
}

/** Builds the board and follows the log from there; resolves when it is caught up with all of it. */
export async function keepBoard(options: KeepBoardOptions): Promise<void> {
  const { world, board, reader, bus, health, lifecycle, logger } = options;
  const { signal } = lifecycle;
  board.listen((change) => {
    if (change.kind !== 'parked') return;
    const { taskId, problem } = change;
    logger.error({ taskId, problem }, 'a task cannot be read and is left alone');
  });
  const asOf = await load(options);
  const following = new Following(asOf.keys());
  health.addCheck('log', () => following.problem());
  const onState = (partition: number, state: Parameters<Following['note']>[1]) => {
    following.note(partition, state);
    logger.debug({ partition, state }, 'follows the log');
  };
  followLog({ world, board, asOf, reader, bus, signal, onState }).catch((error: unknown) => {
    lifecycle.fail(error);
  });
  await Promise.race([following.live(), aborted(signal)]);
}

function load({ world, board, reader, lifecycle, logger }: KeepBoardOptions): Promise<AsOf> {
  const { signal } = lifecycle;
  return retry(() => loadBoard({ world, board, log: reader, signal }), {
    signal,
    maxMs: 2_000,
    onFailure: ({ error, attempt }) =>
      logger.warn({ err: error, attempt }, 'cannot read the log yet'),
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
