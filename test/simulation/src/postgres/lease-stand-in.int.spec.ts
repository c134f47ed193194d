import { type TestDatabase, withPostgres } from '@greencloud/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leaseTables } from '../product/projection.ts';
import {
  endEarlierLife,
  ensureLeases,
  holdsLease,
  openLog,
  releaseLeases,
  renewLeases,
  signIn,
  signOut,
  takeLeases,
  withViews,
} from '../product/sql-acts.ts';
import { type LeaseTables, relayLeases } from '../product/task-command.ts';
import { openDirectDatabase } from './direct-fixture.ts';
import { newTables } from './tables.ts';

type AnyDb = ReturnType<typeof openDirectDatabase<never>>;

const partitions = 3;
/** Three lives of two replicas. */
const lives = [0, 1, 2].map((n) => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  name: `replica-${n % 2}`,
}));
const act = fc.record({
  life: fc.constantFrom(...lives),
  kind: fc.constantFrom('sign in', 'renew', 'take', 'holds', 'release', 'sign out', 'end earlier'),
  partition: fc.nat(partitions - 1),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

let relayDatabase: TestDatabase;
let views: Awaited<ReturnType<typeof withViews>>;
let relay: AnyDb;
beforeAll(async () => {
  relayDatabase = await withPostgres();
  relay = (await openLog(relayDatabase.url, partitions)) as unknown as AnyDb;
  views = await withViews(partitions);
});
afterAll(async () => {
  await relay.destroy();
  await views.close();
  await relayDatabase.close();
});

it('gives the relay its leases as Postgres does', () => asPostgresDoes(relay, relayLeases));

it('gives the projection its leases as Postgres does', () => asPostgresDoes(views.db, leaseTables));

async function asPostgresDoes(real: AnyDb, tables: LeaseTables): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (given) => {
      const lease = sql.table(tables.lease);
      await sql`delete from ${lease}`.execute(real);
      await sql`delete from ${sql.table(tables.replica)}`.execute(real);
      const simulated = openDirectDatabase<never>(newTables(partitions, () => Date.now()));
      for (const db of [real, simulated]) await ensureLeases(db, tables, partitions);
      for (const one of given) {
        expect(await answer(simulated, tables, one)).toEqual(await answer(real, tables, one));
      }
    }),
    { numRuns: 30 },
  );
}

async function answer(db: AnyDb, tables: LeaseTables, { life, kind, partition }: Act) {
  switch (kind) {
    case 'sign in':
      return await signIn(db, tables, life);
    case 'renew':
      return await renewLeases(db, tables, life);
    // All that are free: which of them, fewer would be left to chance.
    case 'take':
      return (await takeLeases(db, tables, life, partitions)).toSorted(
        (a, b) => a.partition - b.partition,
      );
    case 'holds':
      return await holdsLease(db, tables, life, { partition, epoch: 2n });
    case 'release':
      return await releaseLeases(db, tables, life, [partition]);
    case 'sign out':
      return await signOut(db, tables, life);
    case 'end earlier':
      return await endEarlierLife(db, tables, life);
  }
}
