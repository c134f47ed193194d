import { withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { appendTo, connect, draft, newTaskId, openLog } from './log-fixtures.ts';

const batches = 30;
const commands = 50;

it('reads no more of a log that grows, though its plan was made for empty tables', async () => {
  await using database = await withPostgres();
  const owner = await openLog(database.url, 1);
  await owner.destroy();
  const db = connect(database.url, 1);
  for (let batch = 0; batch < batches; batch += 1) {
    const drafts = Array.from({ length: commands }, () => draft(newTaskId(), 0));
    await appendTo(db, 0, drafts);
  }
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ read: number }>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_user_tables where relname in ('event', 'stream_head')`.execute(db);
  // A scan for each batch would read 2 × 50 × (0 + 1 + … + 29) = 43,500 rows.
  expect(rows[0]?.read).toBeLessThan(2 * batches * commands);
  await db.destroy();
});
