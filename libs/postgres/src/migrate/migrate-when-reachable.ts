import { type Logger, retry } from '@greencloud/runtime';
import type { Kysely } from 'kysely';
import { openDatabase } from '../open-database.ts';
import { isPassing } from '../sql-state.ts';
import { migrateToLatest, type MigrationPlan } from './migrate-to-latest.ts';

// An index over a full log takes minutes.
const statementTimeoutMs = 600_000;
const withinMs = 30_000;

/** One connection, whose statements may take 10 minutes. */
export function openForMigration<Database>(
  service: string,
  url: string,
  logger: Logger,
): Kysely<Database> {
  const name = `${service} migrate`;
  return openDatabase<Database>({ url, connections: 1, name, logger, statementTimeoutMs });
}

/** Waits up to 30 s for Postgres; what would fail again is thrown at once. */
export async function migrateWhenReachable<Database>(
  db: Kysely<Database>,
  plan: MigrationPlan,
  logger: Logger,
): Promise<void> {
  const migrated = await retry(() => migrateToLatest(db, plan), {
    withinMs,
    maxMs: 1_000,
    retryable: isPassing,
    onFailure: ({ error }) => logger.info({ err: error }, 'waiting for Postgres'),
  });
  logger.info({ migrated }, 'migrated');
}
