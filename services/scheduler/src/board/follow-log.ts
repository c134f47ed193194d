import {
  follow,
  type FollowOptions,
  type FollowState,
  type RecordedEvent,
} from '@greencloud/event-log';
import { Slices } from '../slices.ts';
import type { World } from '../world.ts';
import type { Board } from './board.ts';
import type { AsOf } from './load-board.ts';

export interface FollowLogOptions extends Pick<FollowOptions, 'reader' | 'bus' | 'signal'> {
  readonly world: World;
  readonly board: Board;
  readonly asOf: AsOf;
  readonly onState: (partition: number, state: FollowState) => void;
}

/** How far the board is with each partition. */
export class Following {
  readonly #neverLive: Set<number>;
  readonly #unreachable = new Set<number>();
  #onLive: (() => void) | undefined;

  constructor(partitions: Iterable<number>) {
    this.#neverLive = new Set(partitions);
  }

  note(partition: number, { kind }: FollowState): void {
    if (kind === 'log_unreachable') this.#unreachable.add(partition);
    if (kind !== 'live') return;
    this.#unreachable.delete(partition);
    this.#neverLive.delete(partition);
    if (this.#neverLive.size === 0) this.#onLive?.();
  }

  /** A short catch-up, as after each break of the live feed, is none. */
  problem(): string | undefined {
    if (this.#neverLive.size > 0)
      return `catches up with partitions ${[...this.#neverLive].join(', ')}`;
    if (this.#unreachable.size > 0)
      return `cannot read partitions ${[...this.#unreachable].join(', ')}`;
    return undefined;
  }

  /** Resolves when every partition was caught up with once. */
  live(): Promise<void> {
    if (this.#neverLive.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onLive = resolve;
    });
  }
}

// Of all partitions together: after a pause of the network 20,000 events may wait in each.
const turnMs = 4;

/** Keeps the board as the log says, every partition by itself, until the abort. */
export async function followLog(options: FollowLogOptions): Promise<void> {
  const { world, board, asOf, reader, bus, signal, onState } = options;
  await Promise.all(
    [...asOf].map(([partition, from]) =>
      follow({
        partition,
        from,
        reader,
        bus,
        signal,
        apply: appliedInSlices(board, new Slices(world, turnMs / asOf.size)),
        onState: (state) => onState(partition, state),
      }),
    ),
  );
}

/** Not a batch, which is all that has come meanwhile, at a stretch. */
export function appliedInSlices(
  board: Board,
  slices: Slices,
): (events: readonly RecordedEvent[]) => Promise<void> {
  return async (events) => {
    for (const event of events) {
      board.applyOne(event);
      if (slices.isOver) await slices.next();
    }
  };
}
