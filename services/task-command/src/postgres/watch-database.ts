import { type Health, type Logger, sleep } from '@greencloud/runtime';
import { sql } from 'kysely';
import type { Db } from './database.ts';

const everyMs = 1_000;

export interface DatabaseWatch {
  readonly db: Db;
  readonly health: Health;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Asks Postgres each second: a service cut off from its log is not ready. Resolves after the abort. */
export async function watchDatabase({ db, health, logger, signal }: DatabaseWatch): Promise<void> {
  let problem: string | undefined;
  health.addCheck('postgres', () => problem);
  while (!signal.aborted) {
    const before = problem;
    problem = await problemOf(db);
    if (problem !== before) logger.warn({ problem: problem ?? 'none' }, 'Postgres');
    await sleep(everyMs, signal);
  }
}

async function problemOf(db: Db): Promise<string | undefined> {
  try {
    await sql`select 1`.execute(db);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
