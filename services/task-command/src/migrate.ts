import process from 'node:process';
import { migrateWhenReachable, openForMigration } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { readMigrationConfig } from './config.ts';
import { createLog } from './log/create-log.ts';
import { plan } from './migrations/index.ts';
import type { Database } from './postgres/database.ts';

const service = 'task-command';
const config = readMigrationConfig(process.env);
const { GC_LOG_LEVEL: level, GC_PARTITIONS: wanted } = config;
const logger = createLogger({ service, replica: 'migrate', level });
await using db = openForMigration<Database>(service, config.GC_DATABASE_URL, logger);
await migrateWhenReachable(db, plan, logger);

const { kind, partitions } = await createLog(db, wanted);
if (kind === 'created') logger.info({ partitions }, 'created the log');
else if (partitions !== wanted) {
  logger.warn({ partitions, wanted }, 'GC_PARTITIONS is ignored: the log keeps what it has');
}
