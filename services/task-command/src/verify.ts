import process from 'node:process';
import { parseArgs } from 'node:util';
import { openDatabase } from '@greencloud/postgres';
import { createLogger, readArguments } from '@greencloud/runtime';
import { readVerifyConfig } from './config.ts';
import type { Database } from './postgres/database.ts';
import { verifyLog } from './verify/verify-log.ts';

readArguments('verify', (args) => parseArgs({ args }));
const config = readVerifyConfig(process.env);
const logger = createLogger({ service: 'task-command', level: config.GC_LOG_LEVEL });
await using db = openDatabase<Database>({
  url: config.GC_DATABASE_URL,
  connections: 1,
  name: 'task-command verify',
  logger,
  statementTimeoutMs: 60_000,
});
const print = (line: string) => void process.stdout.write(`verify: ${line}\n`);
if ((await verifyLog({ db, print })) > 0) process.exitCode = 1;
