import { sql, type Transaction } from 'kysely';
import type { Database, Db } from '../postgres/database.ts';
import { readHead } from './read-head.ts';
import { byTask } from './read-streams.ts';
import { type EventRow, eventColumns, type StoredEvent, storedEvent } from './stored-event.ts';

/** Streams of tasks without a finish, all as of one position; the first page may be empty. */
export interface OpenTasksPage {
  readonly asOf: bigint;
  readonly streams: readonly StoredEvent[][];
}

type Snapshot = Transaction<Database>;

const columns = sql.join(eventColumns.map((column) => sql.ref(`e.${column}`)));

/**
 * Pages from one snapshot, which stays open while the reader takes them. A reader that pauses for
 * longer than the pool's idle limit loses it and begins again: an old snapshot keeps the whole
 * database from cleaning up.
 */
export async function* readOpenTasks(
  db: Db,
  partition: number,
  pageSize: number,
): AsyncGenerator<OpenTasksPage> {
  const snapshot = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  try {
    const asOf = await readHead(snapshot, partition);
    let after = '';
    for (let first = true; ; first = false) {
      const streams = await readPage(snapshot, partition, after, pageSize);
      if (first || streams.length > 0) yield { asOf, streams };
      if (streams.length < pageSize) return;
      after = streams.at(-1)?.[0]?.taskId ?? after;
    }
  } finally {
    // Read only: there is nothing to commit, and a broken connection has nothing to roll back.
    await snapshot
      .rollback()
      .execute()
      .catch(() => undefined);
  }
}

async function readPage(
  snapshot: Snapshot,
  partition: number,
  after: string,
  pageSize: number,
): Promise<StoredEvent[][]> {
  const { rows } = await sql<EventRow>`
    with page as (
      select h.partition, h.task_id from task_command.stream_head h
      where h.partition = ${partition} and h.open and h.task_id > ${after}
      order by h.task_id limit ${pageSize}
    )
    select ${columns}
    from page join task_command.event e using (partition, task_id)
    order by e.task_id, e.version`.execute(snapshot);
  return [...byTask(rows.map(storedEvent)).values()];
}
