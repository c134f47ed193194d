import type { TaskId } from '@greencloud/domain';
import { sleep } from '@greencloud/runtime';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newTaskId, connect, openLog } from '../log/log-fixtures.ts';
import { readStreams } from '../log/read-streams.ts';
import type { Db } from '../postgres/database.ts';
import { type PostgresProxy, proxyPostgres } from '@greencloud/postgres/testing';
import {
  assign,
  assignedTask,
  finish,
  issueTask,
  progress,
  replica,
  request,
} from './append-fixtures.ts';

let database: TestDatabase;
let db: Db;
let proxy: PostgresProxy;
let cut: Db;
beforeAll(async () => {
  database = await withPostgres();
  db = await openLog(database.url, 1);
  proxy = await proxyPostgres(database.url);
  cut = connect(proxy.url, 2);
});
afterAll(async () => {
  await cut.destroy();
  await db.destroy();
  await proxy[Symbol.asyncDispose]();
  await database.close();
});

async function typesOf(taskId: TaskId): Promise<string[]> {
  const streams = await readStreams(db, [{ partition: 0, taskId }]);
  return (streams.get(taskId) ?? []).map(({ type }) => type);
}

it('a commit whose answer is lost is answered by the same commands sent again', async () => {
  const here = replica(cut, 1);
  const taskId = await assignedTask(here);
  const other = newTaskId();
  proxy.loseNextAnswer();
  const answers = await Promise.all([
    here.submit(request(taskId, progress(1, 30))),
    here.submit(request(taskId, finish(1))),
    here.submit(request(other, issueTask)),
  ]);
  expect(proxy.lost).toBe(1);
  expect(answers).toMatchObject([
    { kind: 'appended', version: 3 },
    { kind: 'appended', version: 4, event: { type: 'TaskFinished' } },
    { kind: 'appended', version: 1 },
  ]);
  expect(await typesOf(taskId)).toHaveLength(4);
  expect(await typesOf(other)).toHaveLength(1);
});

it('control: a new command in place of a lost answer does the work twice', async () => {
  const here = replica(cut, 1, { retryMs: 0 });
  proxy.loseNextAnswer();
  const [first, second] = [newTaskId(), newTaskId()];
  const lost = here.submit(request(first, issueTask));
  await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await here.submit(request(second, issueTask));
  expect([await typesOf(first), await typesOf(second)]).toEqual([['TaskIssued'], ['TaskIssued']]);
});

it('a backend ended in the middle leaves nothing, and the batch goes again', async () => {
  const here = replica(cut, 1);
  const taskId = newTaskId();
  const holder = await database.pool.connect();
  await holder.query('begin; select pg_advisory_xact_lock(18243, 0)');
  const answer = here.submit(request(taskId, issueTask));
  const ended = await expect
    .poll(async () => {
      const { rows } = await database.pool.query(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
         where datname = current_database() and wait_event = 'advisory'`,
      );
      return rows.length;
    })
    .toBe(1)
    .then(() => 'ended');
  await holder.query('commit');
  holder.release();
  expect(ended).toBe('ended');
  expect(await answer).toMatchObject({ kind: 'appended', version: 1 });
  expect(await typesOf(taskId)).toEqual(['TaskIssued']);
});

it('backends that are ended again and again double and lose nothing', async () => {
  const here = replica(cut, 1);
  const storm: { state: 'on' | 'over'; ended: number } = { state: 'on', ended: 0 };
  const killing = (async () => {
    while (storm.state === 'on') {
      const { rowCount } = await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query like '%append_batch%'
         and pid <> pg_backend_pid()`,
      );
      storm.ended += rowCount ?? 0;
      await sleep(15);
    }
  })();
  const taskIds = Array.from({ length: 60 }, newTaskId);
  await Promise.all(
    taskIds.map(async (taskId, index) => {
      await sleep(index * 8);
      await here.submit(request(taskId, issueTask));
      await here.submit(request(taskId, assign(1)));
      await here.submit(request(taskId, finish(1)));
    }),
  );
  storm.state = 'over';
  await killing;
  for (const taskId of taskIds) {
    expect(await typesOf(taskId)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskFinished']);
  }
  expect(storm.ended).toBeGreaterThan(5);
});

it('says UNAVAILABLE when the database stays away, and recovers with it', async () => {
  const gone = connect('postgres://nobody:secret@127.0.0.1:1/none', 1);
  const away = replica(gone, 1, { retryMs: 50 });
  const refused = away.submit(request(newTaskId(), issueTask));
  await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await gone.destroy();
});
