import process from 'node:process';
import { createLogReader } from '@greencloud/event-log';
import { openTls } from '@greencloud/grpc';
import { createLogger, tlsFilesOf } from '@greencloud/runtime';
import { readRebuildConfig } from './config.ts';
import { openDatabase } from './postgres/open-database.ts';
import { rebuild } from './rebuild/rebuild.ts';

const config = readRebuildConfig(process.env);
const logger = createLogger({ service: 'projection', level: config.GC_LOG_LEVEL });
await using db = openDatabase({
  url: config.GC_DATABASE_URL,
  name: 'projection rebuild',
  logger,
  connections: 6,
  durability: 'views',
  // The comparison reads every task.
  statementTimeoutMs: 15 * 60 * 1_000,
});
const tls = openTls(tlsFilesOf(config), { logger });
const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS, { tls: tls?.to('task-command') });
try {
  await rebuild({ db, reader, print: (line) => process.stdout.write(`rebuild: ${line}\n`) });
} finally {
  reader.close();
}
