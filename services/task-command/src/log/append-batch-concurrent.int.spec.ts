import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../postgres/database.ts';
import { appendBatch, type AppendOutcome } from './append-batch.ts';
import { appendTo, connect, draft, newTaskId, openLog } from './log-fixtures.ts';
import { readPartition } from './read-partition.ts';

const partitions = 4;
const writers = 8;
const batches = 30;

let database: TestDatabase;
let db: Db;
let otherReplica: Db;
beforeAll(async () => {
  database = await withPostgres();
  db = await openLog(database.url, 16);
  otherReplica = connect(database.url);
});
afterAll(async () => {
  await db.destroy();
  await otherReplica.destroy();
  await database.close();
});

const end = 2n ** 62n;

async function write(writer: number): Promise<void> {
  const replica = writer % 2 === 0 ? db : otherReplica;
  for (let batch = 0; batch < batches; batch += 1) {
    const size = 1 + ((writer + batch) % 5);
    const drafts = Array.from({ length: size }, () => draft(newTaskId(), 0));
    const partition = (writer + batch) % partitions;
    // Every other batch goes to all partitions, each writer's in another order.
    const place = (index: number) =>
      batch % 2 === 0 ? partition : (partition + index) % partitions;
    await appendBatch(
      replica,
      drafts.map((one, index) => ({ ...one, partition: place(index) })),
    );
  }
}

/** Follows as a consumer would: what it has not seen behind its position it never sees. */
async function follow(partition: number, writing: { state: 'on' | 'over' }): Promise<bigint[]> {
  const seen: bigint[] = [];
  for (;;) {
    const over = writing.state === 'over';
    const after = seen.at(-1) ?? 0n;
    const events = await readPartition(otherReplica, { partition, after, upTo: end, limit: 100 });
    seen.push(...events.map(({ position }) => position));
    if (over && events.length === 0) return seen;
  }
}

it('lets no reader skip an event while 8 writers append to 4 partitions', async () => {
  const writing: { state: 'on' | 'over' } = { state: 'on' };
  const readers = Array.from({ length: partitions }, (_, partition) => follow(partition, writing));
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  writing.state = 'over';
  for (const [partition, seen] of (await Promise.all(readers)).entries()) {
    const { rows } = await database.pool.query(
      'select count(*)::int as n from task_command.event where partition = $1',
      [partition],
    );
    expect(seen).toEqual(Array.from({ length: rows[0].n }, (_, index) => BigInt(index + 1)));
  }
});

it('control: a reader that follows a sequence skips what commits late', async () => {
  await database.pool.query('create table by_sequence (position bigserial primary key)');
  const read = async (after: number) => {
    const { rows } = await database.pool.query(
      'select position::int from by_sequence where position > $1 order by position',
      [after],
    );
    return rows.map(({ position }) => position as number);
  };
  const late = await database.pool.connect();
  await late.query('begin; insert into by_sequence default values');
  await database.pool.query('insert into by_sequence default values');
  const seen = await read(0);
  await late.query('commit');
  late.release();
  seen.push(...(await read(seen.at(-1) ?? 0)));
  expect(seen).toEqual([2]);
  expect(await read(0)).toEqual([1, 2]);
});

it('gives positions in commit order: a later append waits for one that is not committed', async () => {
  const order: string[] = [];
  const partition = 8;
  await db.transaction().execute(async (trx) => {
    await appendTo(trx, partition, [draft(newTaskId(), 0)]);
    const later = appendTo(otherReplica, partition, [draft(newTaskId(), 0)]);
    void later.then(([outcome]) => order.push(describe(outcome)));
    await blockedBackends();
    order.push('commit');
  });
  const upTo = { partition, after: 0n, upTo: end, limit: 10 };
  await expect.poll(() => readPartition(db, upTo)).toHaveLength(2);
  expect(order).toEqual(['commit', 'accepted at 2']);
});

it('issues one task of a key for which two replicas race', async () => {
  const partition = 9;
  const idempotency = { key: 'race', requestHash: Buffer.alloc(32) };
  const replicas = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? db : otherReplica));
  const outcomes = await Promise.all(
    replicas.map(async (replica) => {
      const [outcome] = await appendTo(replica, partition, [
        draft(newTaskId(), 0, { idempotency }),
      ]);
      return outcome;
    }),
  );
  const winners = outcomes.filter((outcome) => outcome?.kind === 'accepted');
  const replays = outcomes.flatMap((outcome) =>
    outcome?.kind === 'replayed' ? [outcome.taskId] : [],
  );
  expect(winners).toHaveLength(1);
  expect(replays).toHaveLength(19);
  expect(new Set(replays).size).toBe(1);
});

function describe(outcome: AppendOutcome | undefined): string {
  return outcome?.kind === 'accepted' ? `accepted at ${outcome.position}` : 'not accepted';
}

async function blockedBackends(): Promise<void> {
  await expect
    .poll(async () => {
      const { rows } = await database.pool.query(
        `select count(*)::int as n from pg_locks join pg_database on oid = database
         where datname = current_database() and locktype = 'advisory' and not granted`,
      );
      return rows[0].n as number;
    })
    .toBe(1);
}
