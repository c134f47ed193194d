import { withPostgres } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { appendTo, draft, newTaskId, openLog } from '../log/log-fixtures.ts';
import { deleteOldKeys } from './delete-old-keys.ts';

it('drops old keys in pieces and keeps young ones', async () => {
  await using database = await withPostgres();
  const db = await openLog(database.url, 1);
  const keyed = (key: string) =>
    draft(newTaskId(), 0, { idempotency: { key, requestHash: Buffer.alloc(32) } });
  await appendTo(db, 0, ['a', 'b', 'c', 'young'].map(keyed));
  await database.pool.query(
    `update task_command.idempotency_key set created_at = created_at - interval '49 hours'
     where key <> 'young'`,
  );

  expect(await deleteOldKeys(db, 48, 2)).toBe(2);
  expect(await deleteOldKeys(db, 48, 2)).toBe(1);
  expect(await deleteOldKeys(db, 48, 2)).toBe(0);
  const { rows } = await database.pool.query('select key from task_command.idempotency_key');
  expect(rows).toEqual([{ key: 'young' }]);
  const [again] = await appendTo(db, 0, [keyed('a')]);
  expect(again?.kind).toBe('accepted');
  await db.destroy();
});
