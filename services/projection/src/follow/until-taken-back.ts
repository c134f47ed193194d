import { sleep } from '@greencloud/runtime';
import { readCheckpoint } from '../apply/checkpoint.ts';
import { type Db, liveSchema } from '../postgres/database.ts';

/** Postgres has crashed, and its last commits of the views with it. */
export class TakenBackError extends Error {
  override readonly name = 'TakenBackError';

  constructor(partition: number) {
    super(`the database has taken back what was applied of partition ${partition}`);
  }
}

export interface Applied {
  readonly partition: number;
  /** The last position whose commit was answered. */
  position: bigint;
}

// How long a quiet partition may show less than it did; one look takes 0.2 ms.
const lookMs = 2_000;

/**
 * Resolves when the checkpoint lies before what was applied: the views ask for no fsync, and only
 * the checkpoint tells what a crash has left of them. A busy follower meets it at its next batch;
 * one that waits for the next event would show the older rows until then.
 */
export async function untilTakenBack(db: Db, applied: Applied, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(lookMs, signal);
    // From before the question: nobody but us moves it, and only forward.
    const { position } = applied;
    const checkpoint = await readCheckpoint(db, liveSchema, applied.partition).catch(
      () => position,
    );
    if (checkpoint < position) return;
  }
}
