import type { TaskId } from '@greencloud/domain';
import { ensureLeases, migrateToLatest } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import { ensureCheckpoints } from '../apply/checkpoint.ts';

import { plan } from '../migrations/index.ts';
import { type Db, leaseTables, liveSchema } from '../postgres/database.ts';
import { openDatabase } from '../postgres/open-database.ts';
import { rowOf, type TaskViewColumns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';

export const silent = createLogger({ service: 'test', level: 'silent' });

export interface TestViews extends AsyncDisposable {
  readonly url: string;
  readonly db: Db;
  close(): Promise<void>;
}

/** A database of its own with the views migrated, for a number of partitions. */
export async function withViews(partitions = 1): Promise<TestViews> {
  const database = await withPostgres();
  const db = openDatabase({
    url: database.url,
    connections: 8,
    name: 'test',
    logger: silent,
  });
  await migrateToLatest(db, plan);
  await ensureCheckpoints(db, liveSchema, partitions);
  await ensureLeases(db, leaseTables, partitions);
  const close = async () => {
    await db.destroy();
    await database.close();
  };
  return { url: database.url, db, close, [Symbol.asyncDispose]: close };
}

/** Everything that a rebuild must bring back, in an order of its own. */
export async function contentsOf(db: Db, schema: string = liveSchema) {
  const read = async (table: string, columns: string) => {
    const { rows } = await sql`
      select * from ${sql.id(schema, table)} order by ${sql.raw(columns)}`.execute(db);
    return rows;
  };
  return {
    tasks: await allRows(db, schema),
    counts: await read('tenant_count', 'tenant_id, partition'),
    issued: await read('tenant_issued', 'tenant_id, quarter, partition'),
    checkpoints: await read('checkpoint', 'partition'),
  };
}

export async function allRows(db: Db, schema: string = liveSchema): Promise<Map<TaskId, TaskRow>> {
  const { rows } = await sql<TaskViewColumns>`
    select * from ${sql.id(schema, 'task_view')} order by task_id`.execute(db);
  return new Map(rows.map(rowOf).map((row) => [row.taskId, row]));
}
