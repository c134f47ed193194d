import process from 'node:process';
import { createLogger, retry } from '@greencloud/runtime';
import { readMigrationConfig } from './config.ts';
import { createLog } from './log/create-log.ts';
import { migrateToLatest } from './migrations/migrate-to-latest.ts';
import { isPassing } from './postgres/connection-loss.ts';
import { openDatabase } from './postgres/open-database.ts';

const config = readMigrationConfig(process.env);
const { GC_LOG_LEVEL: level, GC_PARTITIONS: wanted } = config;
const logger = createLogger({ service: 'task-command', replica: 'migrate', level });
await using db = openDatabase({
  url: config.GC_DATABASE_URL,
  connections: 1,
  name: 'task-command migrate',
  logger,
  statementTimeoutMs: 600_000,
});

const migrated = await retry(() => migrateToLatest(db), {
  withinMs: 30_000,
  maxMs: 1_000,
  retryable: isPassing,
  onFailure: ({ error }) => logger.info({ err: error }, 'waiting for Postgres'),
});
logger.info({ migrated }, 'migrated');

const { kind, partitions } = await createLog(db, wanted);
if (kind === 'created') logger.info({ partitions }, 'created the log');
else if (partitions !== wanted) {
  logger.warn({ partitions, wanted }, 'GC_PARTITIONS is ignored: the log keeps what it has');
}
