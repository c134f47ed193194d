import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LeaseDb, makeTables, openLeases, tables } from './lease-fixture.ts';
import {
  endEarlierLife,
  ensureLeases,
  holdsLease,
  type Lease,
  releaseLeases,
  renewLeases,
  signIn,
  signOut,
  takeLeases,
} from './lease-table.ts';

const a = { id: 'instance-a', name: 'a' };
const b = { id: 'instance-b', name: 'b' };
const c = { id: 'instance-c', name: 'c' };

let database: TestDatabase;
let db: LeaseDb;
beforeEach(async () => {
  database = await withPostgres();
  db = openLeases(database.url);
  await makeTables(db);
  await ensureLeases(db, tables, 4);
});
afterEach(async () => {
  await db.destroy();
  await database.close();
});

const partitions = (leases: readonly Lease[]) =>
  leases.map(({ partition }) => partition).sort((x, y) => x - y);
const take = (self: typeof a, count: number) => takeLeases(db, tables, self, count);
const renew = (self: typeof a) => renewLeases(db, tables, self);
const endAll = () =>
  sql`update test.lease set expires_at = clock_timestamp() - interval '1 ms'`.execute(db);

it('gives a partition to one replica only, whoever asks at once', async () => {
  const taken = await Promise.all([a, b, c].map((self) => take(self, 4)));
  expect(partitions(taken.flat())).toEqual([0, 1, 2, 3]);
});

it('lets an ended lease be taken, under a higher epoch', async () => {
  const [first] = await take(a, 1);
  await endAll();
  const again = await take(b, 4);
  const same = again.find(({ partition }) => partition === first?.partition);
  expect(same?.epoch).toBe((first?.epoch ?? 0n) + 1n);
  expect(await renew(a)).toEqual([]);
});

it('does not renew a lease that has ended, though nobody took it yet', async () => {
  await take(a, 4);
  await endAll();
  expect(await renew(a)).toEqual([]);
});

it('leaves a lease that lasts to its holder', async () => {
  await take(a, 4);
  expect(await take(b, 4)).toEqual([]);
  expect(await renew(a)).toHaveLength(4);
});

it('knows a lease that is no longer what it was', async () => {
  const [held, released, ended] = await take(a, 3);
  if (held === undefined || released === undefined || ended === undefined) throw new Error('none');
  await releaseLeases(db, tables, a, [released.partition]);
  await take(b, 4);
  const asked = [held, released, { ...held, epoch: held.epoch - 1n }];
  const answers = asked.map((lease) => holdsLease(db, tables, a, lease));
  expect(await Promise.all(answers)).toEqual(['yes', 'no', 'no']);
  await endAll();
  expect(await holdsLease(db, tables, a, ended)).toBe('no');
});

it('gives back what is released, and no more', async () => {
  await take(a, 4);
  await releaseLeases(db, tables, a, [1, 3]);
  expect(partitions(await take(b, 4))).toEqual([1, 3]);
  expect(partitions(await renew(a))).toEqual([0, 2]);
});

it('gives everything back on signing out, and forgets the replica', async () => {
  await signIn(db, tables, a);
  await take(a, 4);
  await signOut(db, tables, a);
  expect(await signIn(db, tables, b)).toEqual([b.id]);
  expect(await take(b, 4)).toHaveLength(4);
});

it('knows who lives: whoever signed in within 5 s', async () => {
  await signIn(db, tables, b);
  await signIn(db, tables, a);
  await sql`
    update test.replica set seen_at = seen_at - interval '6 s' where instance = ${b.id}`.execute(
    db,
  );
  expect(await signIn(db, tables, c)).toEqual([a.id, c.id]);
});

it('does not wait for the leases of an earlier life, and counts it no longer', async () => {
  const again = { id: 'instance-a2', name: a.name };
  await signIn(db, tables, a);
  const [lease] = await take(a, 1);
  const [other] = await take(b, 1);
  await endEarlierLife(db, tables, again);
  expect(await signIn(db, tables, again)).toEqual([again.id]);
  const taken = await take(again, 4);
  expect(taken).toContainEqual({ partition: lease?.partition, epoch: (lease?.epoch ?? 0n) + 1n });
  expect(partitions(taken)).not.toContain(other?.partition);
});
