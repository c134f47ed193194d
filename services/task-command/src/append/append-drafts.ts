import { isPassing } from '@greencloud/postgres';
import { type Logger, retry } from '@greencloud/runtime';
import { appendBatch, type AppendOutcome } from '../log/append-batch.ts';
import type { Draft } from '../log/draft.ts';
import type { Db } from '../postgres/database.ts';
import { unavailableWhenLogIsAway } from '../postgres/outage.ts';

/** The log refuses this one for itself: a guard of the schema, so a fault of ours. */
export interface FailedDraft {
  readonly kind: 'failed';
  readonly error: unknown;
}

export interface AppendOptions {
  readonly logger: Logger;
  /** No new attempt after so many ms. */
  readonly withinMs: number;
}

/**
 * Appends drafts through broken connections: after one the outcome is unknown, so the same command
 * ids go again, and what the lost attempt has appended comes back as a duplicate. Rejects with
 * UNAVAILABLE when Postgres stays away.
 */
export async function appendDrafts(
  db: Db,
  drafts: readonly Draft[],
  options: AppendOptions,
): Promise<(AppendOutcome | FailedDraft)[]> {
  try {
    return await appendPatiently(db, drafts, options);
  } catch (error) {
    if (isPassing(error)) throw unavailableWhenLogIsAway(error);
    return await appendOneByOne(db, drafts, options);
  }
}

function appendPatiently(
  db: Db,
  drafts: readonly Draft[],
  { logger, withinMs }: AppendOptions,
): Promise<AppendOutcome[]> {
  return retry(() => appendBatch(db, drafts), {
    minMs: 20,
    maxMs: 500,
    withinMs,
    retryable: isPassing,
    onFailure: ({ error, attempt }) =>
      logger.warn({ err: error, attempt }, 'the outcome of an append is unknown'),
  });
}

/** A statement that fails for one draft has appended none: alone, only that one fails. */
async function appendOneByOne(
  db: Db,
  drafts: readonly Draft[],
  options: AppendOptions,
): Promise<(AppendOutcome | FailedDraft)[]> {
  const outcomes: (AppendOutcome | FailedDraft)[] = [];
  for (const draft of drafts) outcomes.push(...(await appendAlone(db, draft, options)));
  return outcomes;
}

async function appendAlone(
  db: Db,
  draft: Draft,
  options: AppendOptions,
): Promise<(AppendOutcome | FailedDraft)[]> {
  try {
    return await appendPatiently(db, [draft], options);
  } catch (error) {
    if (isPassing(error)) throw unavailableWhenLogIsAway(error);
    options.logger.error({ err: error, taskId: draft.taskId }, 'the log refuses an event');
    return [{ kind: 'failed', error }];
  }
}
