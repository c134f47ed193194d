import { DomainError } from '@greencloud/domain';
import { type Logger, retry } from '@greencloud/runtime';
import type { Db } from '../postgres/database.ts';

export interface Log {
  /** Fixed when the log was created. */
  readonly partitions: number;
}

/** Throws UNAVAILABLE before the first migration. */
async function readLog(db: Db): Promise<Log> {
  const log = await db.selectFrom('task_command.log').select('partitions').executeTakeFirst();
  if (log === undefined) throw new DomainError('UNAVAILABLE', 'The log has not been created yet');
  return log;
}

/** Until Postgres answers and the migration is done; rejects on the abort. */
export function waitForLog(db: Db, logger: Logger, signal: AbortSignal): Promise<Log> {
  return retry(() => readLog(db), {
    signal,
    maxMs: 1_000,
    onFailure: ({ error }) => logger.warn({ err: error }, 'waiting for the log'),
  });
}
