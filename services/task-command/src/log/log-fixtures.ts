import { randomBytes, randomUUID } from 'node:crypto';
import { parseTaskId, parseTenantId, type TaskId } from '@greencloud/domain';
import { migrateToLatest, openDatabase } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { plan } from '../migrations/index.ts';
import type { Database, Db } from '../postgres/database.ts';
import { appendBatch, type AppendOutcome } from './append-batch.ts';
import type { Draft } from './draft.ts';
import { createLog } from './create-log.ts';

export const silent = createLogger({ service: 'task-command', level: 'silent' });
export const tenant = parseTenantId('5f0000000000000000000001');

/** A database with an empty log of so many partitions. */
export async function openLog(url: string, partitions: number): Promise<Db> {
  const db = connect(url);
  await migrateToLatest(db, plan);
  await createLog(db, partitions);
  return db;
}

/** Another replica's connections to the same log. */
export function connect(url: string, connections = 10): Db {
  return openDatabase<Database>({ url, connections, name: 'test', logger: silent });
}

export function newTaskId(): TaskId {
  return parseTaskId(randomBytes(12).toString('hex'));
}

/** An event without meaning: SQL looks at its type only. */
export function draft(taskId: TaskId, expectedVersion: number, other: Partial<Draft> = {}): Draft {
  return {
    partition: 0,
    taskId,
    commandId: randomUUID(),
    eventId: randomUUID(),
    tenantId: tenant,
    expectedVersion,
    type: expectedVersion === 0 ? 'TaskIssued' : 'TaskProgressed',
    schemaVersion: 1,
    data: Buffer.from([1, 2, 3]),
    idempotency: undefined,
    content: undefined,
    ...other,
  };
}

export function appendTo(
  db: Db,
  partition: number,
  drafts: readonly Draft[],
): Promise<AppendOutcome[]> {
  return appendBatch(
    db,
    drafts.map((one) => ({ ...one, partition })),
  );
}
