import { type Logger, sleep } from '@greencloud/runtime';
import type { Db } from '../postgres/database.ts';
import { deleteOldKeys } from './delete-old-keys.ts';

// Twice what is promised to callers.
const keptHours = 48;
// A statement of some 30 ms, so that it holds up nobody.
const atOnce = 5_000;
const everyMs = 600_000;

/** Forgets old idempotency keys. Any number of replicas may do it at once. Resolves after the abort. */
export async function sweepKeys(db: Db, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const outcome = await sweepOnce(db, logger);
    if (outcome === 'more') continue;
    // Jittered: replicas that started together should not sweep together.
    await sleep(everyMs * (0.5 + Math.random()), signal);
  }
}

async function sweepOnce(db: Db, logger: Logger): Promise<'more' | 'done'> {
  try {
    const dropped = await deleteOldKeys(db, keptHours, atOnce);
    if (dropped > 0) logger.info({ dropped }, 'dropped old idempotency keys');
    return dropped === atOnce ? 'more' : 'done';
  } catch (error) {
    logger.warn({ err: error }, 'old idempotency keys could not be dropped');
    return 'done';
  }
}
