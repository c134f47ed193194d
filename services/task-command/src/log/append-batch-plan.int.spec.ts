import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../postgres/database.ts';
import { appendBatch } from './append-batch.ts';
import { connect, draft, newTaskId, openLog } from './log-fixtures.ts';

const partitions = 4;
const batches = 30;
const commands = 48;

describe('the plan of append_batch', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await withPostgres();
    const owner = await openLog(database.url, partitions);
    await owner.destroy();
  });
  afterEach(() => database.close());

  async function append(db: Db, first: number): Promise<void> {
    const drafts = Array.from({ length: commands }, (_, index) => ({
      ...draft(newTaskId(), 0),
      partition: (first + index) % partitions,
    }));
    await appendBatch(db, drafts);
  }

  async function rowsRead(db: Db): Promise<number> {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ read: number }>`
      select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read
      from pg_stat_user_tables where relname in ('event', 'stream_head')`.execute(db);
    return rows[0]?.read ?? 0;
  }

  it('reads no more of a log that grows, though it was made for empty tables', async () => {
    const db = connect(database.url, 1);
    for (let batch = 0; batch < batches; batch += 1) await append(db, batch);
    // A scan for each batch would read 2 × 48 × (0 + 1 + … + 29) = 41,760 rows.
    expect(await rowsRead(db)).toBeLessThan(2 * batches * commands);
    await db.destroy();
  });

  it('reads the same whenever in the life of the log it is made', async () => {
    for (let batch = 0; batch < batches; batch += 1) {
      const db = connect(database.url, 1);
      await append(db, batch);
      await append(db, batch);
      await db.destroy();
    }
    const db = connect(database.url, 1);
    expect(await rowsRead(db)).toBeLessThan(4 * batches * commands);
    await db.destroy();
  });
});
