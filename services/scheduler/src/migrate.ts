import process from 'node:process';
import { createLogger, retry } from '@greencloud/runtime';
import { readMigrationConfig } from './config.ts';
import { migrateToLatest } from './migrations/migrate-to-latest.ts';
import { openDatabase } from './store/open-database.ts';

const config = readMigrationConfig(process.env);
const logger = createLogger({ service: 'scheduler', level: config.GC_LOG_LEVEL });
await using db = openDatabase({
  url: config.GC_DATABASE_URL,
  name: 'scheduler migrate',
  connections: 1,
  logger,
});

const migrated = await retry(() => migrateToLatest(db), {
  withinMs: 30_000,
  maxMs: 1_000,
  onFailure: ({ error, attempt }) => logger.warn({ err: error, attempt }, 'cannot migrate yet'),
});
logger.info({ migrated }, 'migrated');
