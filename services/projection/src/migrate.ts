import process from 'node:process';
import { createLogger, retry } from '@greencloud/runtime';
import { readMigrateConfig } from './config.ts';
import { migrateToLatest } from './migrations/migrate-to-latest.ts';
import { openDatabase } from './postgres/open-database.ts';

const config = readMigrateConfig(process.env);
const logger = createLogger({ service: 'projection', level: config.GC_LOG_LEVEL });
await using db = openDatabase({
  url: config.GC_DATABASE_URL,
  name: 'projection migrate',
  logger,
  connections: 1,
  durability: 'truth',
  statementTimeoutMs: 60_000,
});

const migrated = await retry(() => migrateToLatest(db), {
  withinMs: 30_000,
  maxMs: 1_000,
  onFailure: ({ error, attempt }) => logger.warn({ err: error, attempt }, 'cannot migrate yet'),
});
logger.info({ migrated }, 'migrated');
