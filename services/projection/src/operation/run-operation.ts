import { createLogReader, type LogReader } from '@greencloud/event-log';
import { openTls } from '@greencloud/grpc';
import { createLogger, tlsFilesOf } from '@greencloud/runtime';
import { readRebuildConfig } from '../config.ts';
import type { Db } from '../postgres/database.ts';
import { openDatabase } from '../postgres/open-database.ts';

/** What a program for operators works with. */
export interface OperationPorts {
  readonly db: Db;
  readonly reader: LogReader;
  /** One line for a person. */
  readonly print: (line: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens the views and the log for it, and closes them at its end. */
export async function runOperation<T>(
  name: string,
  env: Environment,
  operation: (ports: OperationPorts) => Promise<T>,
): Promise<T> {
  const config = readRebuildConfig(env);
  const logger = createLogger({ service: 'projection', level: config.GC_LOG_LEVEL });
  await using db = openDatabase({
    url: config.GC_DATABASE_URL,
    name: `projection ${name}`,
    logger,
    connections: 6,
    // The comparison reads every task.
    statementTimeoutMs: 15 * 60 * 1_000,
  });
  const tls = openTls(tlsFilesOf(config), { logger });
  const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS, { tls: tls?.to('task-command') });
  try {
    return await operation({
      db,
      reader,
      print: (line) => process.stdout.write(`${name}: ${line}\n`),
    });
  } finally {
    reader.close();
  }
}
