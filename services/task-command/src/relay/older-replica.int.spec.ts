import { randomUUID } from 'node:crypto';
import { createLeaseKeeper } from '@greencloud/postgres';
import { eventually, type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLog } from '../log/log-fixtures.ts';
import { type Db, relayLeases } from '../postgres/database.ts';

const partitions = 4;
let database: TestDatabase;
let db: Db;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  database = await withPostgres();
  db = await openLog(database.url, partitions);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await db.destroy();
  await database.close();
});

function startNewer(name: string): () => Promise<void> {
  const stopping = new AbortController();
  const keeper = createLeaseKeeper({
    db,
    tables: relayLeases,
    self: { id: randomUUID(), name },
    partitions,
    work: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    onTurn: () => undefined,
  });
  const running = keeper.run(stopping.signal);
  const stop = () => {
    stopping.abort();
    return running;
  };
  stops.push(stop);
  return stop;
}

const older = { holder: 'older', instance: randomUUID() };

/** The turn of a replica of the release before, word for word: it takes whatever is free. */
async function olderTurn(): Promise<number> {
  const { rows } = await database.pool.query(
    `update task_command.relay_lease set
       epoch = epoch + case
         when instance = $1::uuid and expires_at > clock_timestamp() then 0 else 1 end,
       holder = $2, instance = $1::uuid,
       expires_at = clock_timestamp() + make_interval(secs => 5)
     where instance = $1::uuid or expires_at <= clock_timestamp()
     returning partition`,
    [older.instance, older.holder],
  );
  return rows.length;
}

async function held(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query(
    `select holder, count(*)::int as n from task_command.relay_lease
     where expires_at > clock_timestamp() group by holder`,
  );
  return Object.fromEntries(rows.map(({ holder, n }) => [holder, n]));
}

async function epochs(): Promise<number[]> {
  const { rows } = await database.pool.query(
    'select epoch::int from task_command.relay_lease order by partition',
  );
  return rows.map(({ epoch }) => epoch);
}

it('leaves a replica of the release before what it has, and takes over when it stops', async () => {
  expect(await olderTurn()).toBe(partitions);
  startNewer('a');
  startNewer('b');
  await eventually(async () => {
    const { rows } = await database.pool.query('select from task_command.relay_replica');
    expect(rows).toHaveLength(2);
  });
  expect(await olderTurn()).toBe(partitions);
  expect(await held()).toEqual({ older: partitions });
  expect(await epochs()).toEqual([1, 1, 1, 1]);

  await database.pool.query(
    `update task_command.relay_lease set expires_at = '-infinity' where instance = $1::uuid`,
    [older.instance],
  );
  await eventually(async () => expect(await held()).toEqual({ a: 2, b: 2 }));
  expect(await epochs()).toEqual([2, 2, 2, 2]);
});

it('gives a replica of the release before what is free, and takes none of it back', async () => {
  const stop = startNewer('a');
  await eventually(async () => expect(await held()).toEqual({ a: partitions }));
  expect(await olderTurn()).toBe(0);
  await stop();
  expect(await olderTurn()).toBe(partitions);
  expect(await epochs()).toEqual([2, 2, 2, 2]);
});
