import { randomUUID } from 'node:crypto';
import { eventually, type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, openLog, silent } from '../log/log-fixtures.ts';
import type { Db } from '../postgres/database.ts';
import { proxyPostgres } from '@greencloud/postgres/testing';
import { createLeaseKeeper } from './lease-keeper.ts';
import { type Claimant, takeLeases } from './take-leases.ts';

const partitions = 3;
let database: TestDatabase;
let db: Db;
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await withPostgres();
  db = await openLog(database.url, partitions);
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
  await db.destroy();
  await database.close();
});

function claimant(holder: string): Claimant {
  return { holder, instance: randomUUID() };
}

/** A keeper whose leaders only say that they lead. */
function keeping(holder: string, own: Db = db) {
  const leading = new Set<number>();
  const lost = { lastAt: 0 };
  const stopping = new AbortController();
  const will: { canLead: 'yes' | 'no' } = { canLead: 'yes' };
  const keeper = createLeaseKeeper({
    db: own,
    claimant: claimant(holder),
    logger: silent,
    canLead: () => will.canLead,
    lead: async (partition, signal) => {
      leading.add(partition);
      await new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      lost.lastAt = Date.now();
      leading.delete(partition);
    },
  });
  const running = keeper.run(stopping.signal);
  const stop = () => {
    stopping.abort();
    return running;
  };
  cleanups.push(stop);
  return { keeper, leading, lost, will, stop };
}

async function holders(): Promise<{ holder: string; epoch: number; held: boolean }[]> {
  const { rows } = await database.pool.query(
    `select holder, epoch::int, expires_at > clock_timestamp() as held
     from task_command.relay_lease order by partition`,
  );
  return rows;
}

it('gives each partition to one of two replicas', async () => {
  const [one, two] = [keeping('one'), keeping('two')];
  await eventually(() => expect(one.leading.size + two.leading.size).toBe(partitions));
  one.keeper.hurry();
  two.keeper.hurry();
  await eventually(async () => {
    const held = await holders();
    expect(held.every((lease) => lease.held && lease.epoch === 1)).toBe(true);
  });
  expect(one.leading.size + two.leading.size).toBe(partitions);
});

it('gives its leases up at once when it stops, and the next epoch is higher', async () => {
  const one = keeping('one');
  await eventually(() => expect(one.leading.size).toBe(partitions));
  await one.stop();
  expect(one.leading.size).toBe(0);
  expect((await holders()).some(({ held }) => held)).toBe(false);
  const two = keeping('two');
  await eventually(() => expect(two.leading.size).toBe(partitions), { timeoutMs: 1_000 });
  expect(await holders()).toEqual(
    Array.from({ length: partitions }, () => ({ holder: 'two', epoch: 2, held: true })),
  );
});

it('takes over from a replica that died, when its leases have run out', async () => {
  await takeLeases(db, claimant('dead'), 400);
  const two = keeping('two');
  expect((await holders()).map(({ holder }) => holder)).toEqual(Array(partitions).fill('dead'));
  await eventually(() => expect(two.leading.size).toBe(partitions));
});

it('does not wait for the leases of its own earlier life', async () => {
  await takeLeases(db, claimant('one'), 60_000);
  const again = keeping('one');
  await eventually(() => expect(again.leading.size).toBe(partitions), { timeoutMs: 1_000 });
});

it('leaves the partitions to others while it cannot publish', async () => {
  const one = keeping('one');
  await eventually(() => expect(one.leading.size).toBe(partitions));
  one.will.canLead = 'no';
  one.keeper.hurry();
  const two = keeping('two');
  await eventually(() => expect(two.leading.size).toBe(partitions));
  expect(one.leading.size).toBe(0);
});

it('stops leading before others may begin, when it cannot renew', async () => {
  const proxy = await proxyPostgres(database.url);
  const own = connect(proxy.url, 2);
  cleanups.push(() => own.destroy());
  const one = keeping('one', own);
  await eventually(() => expect(one.leading.size).toBe(partitions));
  await proxy[Symbol.asyncDispose]();
  await eventually(() => expect(one.leading.size).toBe(0));
  const { rows } = await database.pool.query(
    'select min(expires_at) as first from task_command.relay_lease',
  );
  // Not by asking whether they are held now: on a busy machine the question comes too late.
  expect(one.lost.lastAt).toBeLessThan(rows[0].first.getTime());
});
