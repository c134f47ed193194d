import { withPostgres } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { proxyPostgres } from '@greencloud/postgres/testing';
import { appendTo, connect, draft, newTaskId, openLog } from './log-fixtures.ts';

it('appends a batch in one round trip, and sends its SQL once per connection', async () => {
  await using database = await withPostgres();
  const owner = await openLog(database.url, 1);
  await owner.destroy();
  await using proxy = await proxyPostgres(database.url);
  const db = connect(proxy.url, 1);
  const drafts = () => Array.from({ length: 20 }, () => draft(newTaskId(), 0));

  await appendTo(db, 0, drafts());
  expect(proxy.sent).toContain('select * from task_command.append_batch');
  Object.assign(proxy, { turns: 0, sent: '' });
  for (let batch = 0; batch < 5; batch += 1) await appendTo(db, 0, drafts());

  expect(proxy.turns).toBe(5);
  expect(proxy.sent).not.toContain('select');
  await db.destroy();
});
