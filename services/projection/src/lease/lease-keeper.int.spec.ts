import { eventually } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestViews, withViews } from '../testing/test-views.ts';
import { createLeaseKeeper } from './lease-keeper.ts';
import { type Lease, renewLeases, signOut, takeLeases } from './lease-table.ts';

const a = { id: 'instance-a', name: 'a' };
const b = { id: 'instance-b', name: 'b' };
const c = { id: 'instance-c', name: 'c' };

function partitions(leases: readonly Lease[]): number[] {
  return leases.map(({ partition }) => partition).sort((x, y) => x - y);
}

describe('leases', () => {
  let views: TestViews;

  beforeEach(async () => {
    views = await withViews(4);
  });
  afterEach(() => views.close());

  const keeper = (self: typeof a) => createLeaseKeeper(views.db, self, 4);
  const stopNothing = () => Promise.resolve();
  const endAll = () =>
    sql`update projection.lease set expires_at = clock_timestamp() - interval '1 ms'`.execute(
      views.db,
    );

  it('gives a lone replica every partition', async () => {
    expect(partitions(await keeper(a).keep(stopNothing))).toEqual([0, 1, 2, 3]);
  });

  it('gives a partition to one replica only, whoever asks at once', async () => {
    const taken = await Promise.all([a, b, c].map((self) => takeLeases(views.db, self, 4)));
    expect(partitions(taken.flat())).toEqual([0, 1, 2, 3]);
  });

  it('shares with a replica that comes: the surplus is stopped, released, and taken', async () => {
    await keeper(a).keep(stopNothing);
    expect(await keeper(b).keep(stopNothing)).toEqual([]);
    const stopped: number[] = [];
    const kept = await keeper(a).keep(async (surplus) => void stopped.push(...surplus));
    expect(kept).toHaveLength(2);
    expect(stopped).toHaveLength(2);
    expect(partitions(await keeper(b).keep(stopNothing))).toEqual(stopped);
  });

  it('shares 4 partitions among 3 replicas as 2, 1, 1', async () => {
    const keepers = [a, b, c].map(keeper);
    const held = await eventually(async () => {
      const leases: Lease[][] = [];
      for (const each of keepers) leases.push(await each.keep(stopNothing));
      expect(partitions(leases.flat())).toEqual([0, 1, 2, 3]);
      expect(leases.every((each) => each.length > 0)).toBe(true);
      return leases;
    });
    expect(held.map((leases) => leases.length)).toEqual([2, 1, 1]);
  });

  it('lets an ended lease be taken, under a higher epoch', async () => {
    const [first] = await takeLeases(views.db, a, 1);
    await endAll();
    const again = await takeLeases(views.db, b, 4);
    const same = again.find(({ partition }) => partition === first?.partition);
    expect(same?.epoch).toBe((first?.epoch ?? 0n) + 1n);
    expect(await renewLeases(views.db, a)).toEqual([]);
  });

  it('does not renew a lease that has ended, though nobody took it yet', async () => {
    await takeLeases(views.db, a, 4);
    await endAll();
    expect(await renewLeases(views.db, a)).toEqual([]);
  });

  it('leaves a lease that lasts to its holder', async () => {
    await takeLeases(views.db, a, 4);
    expect(await takeLeases(views.db, b, 4)).toEqual([]);
    expect(await renewLeases(views.db, a)).toHaveLength(4);
  });

  it('gives everything back on signing out', async () => {
    await keeper(a).keep(stopNothing);
    await signOut(views.db, a);
    expect(await keeper(b).keep(stopNothing)).toHaveLength(4);
  });
});
