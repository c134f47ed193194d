import process from 'node:process';
import { migrateWhenReachable, openForMigration } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { readMigrationConfig } from './config.ts';
import { plan } from './migrations/index.ts';

const service = 'projection';
const config = readMigrationConfig(process.env);
const logger = createLogger({ service, replica: 'migrate', level: config.GC_LOG_LEVEL });
await using db = openForMigration(service, config.GC_DATABASE_URL, logger);
await migrateWhenReachable(db, plan, logger);
