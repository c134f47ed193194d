import process from 'node:process';
import { createLogger, retry } from '@greencloud/runtime';
import { readMigrationConfig } from './config.ts';
import { migrateToLatest } from './migrations/migrate-to-latest.ts';
import { openDatabase } from './postgres/open-database.ts';
import { unavailableOr } from './postgres/unavailable.ts';

const WAIT_MS = 30_000;

const config = readMigrationConfig(process.env);
const logger = createLogger({
  service: 'lambda-catalog',
  replica: 'migrate',
  level: config.GC_LOG_LEVEL,
});
const db = openDatabase({ url: config.GC_DATABASE_URL, connections: 1, logger });

try {
  const applied = await retry(() => migrateToLatest(db), {
    withinMs: WAIT_MS,
    maxMs: 1_000,
    retryable: (error) => unavailableOr(error) !== error,
    onFailure: () => logger.info('waiting for Postgres'),
  });
  logger.info({ applied }, 'migrated');
} finally {
  await db.destroy();
}
