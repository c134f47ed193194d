import { withPostgres } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { appendTo, draft, newTaskId, openLog, silent } from '../log/log-fixtures.ts';
import { appendDrafts } from './append-drafts.ts';

it('fails only the draft that the log refuses for itself', async () => {
  await using database = await withPostgres();
  const db = await openLog(database.url, 1);
  const task = newTaskId();
  const drafts = [
    draft(newTaskId(), 0),
    draft(newTaskId(), 0, { data: Buffer.alloc(4_097) }),
    draft(task, 0),
    draft(task, 1),
  ];
  // Control: one statement would fail them all.
  await expect(appendTo(db, 0, drafts)).rejects.toMatchObject({ code: '23514' });
  const options = { logger: silent, withinMs: 1_000 };
  const outcomes = await appendDrafts(db, drafts, options);
  expect(outcomes).toMatchObject([
    { kind: 'accepted', position: 1n },
    { kind: 'failed' },
    { kind: 'accepted', position: 2n },
    { kind: 'accepted', position: 3n },
  ]);
  await db.destroy();
});
