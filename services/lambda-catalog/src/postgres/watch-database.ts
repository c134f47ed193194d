import { type Health, type Logger, sleep } from '@greencloud/runtime';
import { sql } from 'kysely';
import type { Db } from './database.ts';

// A look costs one round trip; while the database is away a quick return matters more.
const PAUSE_MS = 2_000;
const PAUSE_WHILE_AWAY_MS = 200;

export interface DatabaseWatch {
  readonly db: Db;
  readonly health: Health;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Keeps the check `postgres` of the health true to whether the catalog can read its table.
 * Resolves when it could for the first time; goes on until the signal.
 */
export async function watchDatabase({ db, health, logger, signal }: DatabaseWatch): Promise<void> {
  let problem: string | undefined = 'not connected yet';
  health.addCheck('postgres', () => problem);
  const look = async () => {
    const before = problem;
    problem = await problemOf(db);
    if (problem !== before) logger.info({ problem: problem ?? 'none' }, 'postgres');
    return problem === undefined ? 'reachable' : 'away';
  };
  while (!signal.aborted && (await look()) === 'away') await sleep(PAUSE_WHILE_AWAY_MS, signal);
  void keepLooking(look, signal);
}

async function keepLooking(
  look: () => Promise<'reachable' | 'away'>,
  signal: AbortSignal,
): Promise<void> {
  let pause = PAUSE_MS;
  while ((await sleep(pause, signal)) === 'elapsed') {
    pause = (await look()) === 'reachable' ? PAUSE_MS : PAUSE_WHILE_AWAY_MS;
  }
}

async function problemOf(db: Db): Promise<string | undefined> {
  try {
    await sql`select lambda_id from lambda_catalog.lambda limit 0`.execute(db);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}
