import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** One life of this process. */
export interface Instance {
  readonly id: string;
  /** For people. */
  readonly name: string;
}

export interface Lease {
  readonly partition: number;
  readonly epoch: bigint;
}

// The database's clock alone decides: clocks of replicas may differ.
const leaseFor = sql.raw(`clock_timestamp() + interval '5 s'`);

/**
 * Leases, locked in the order of their partitions. The writer of the views locks several at once,
 * too: in another order the two could wait for each other.
 */
export function lockedInOrder(which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select partition from projection.lease where ${which} order by partition for update
  ) as locked`;
}

/** Rows for partitions that have none yet. */
export async function ensureLeases(db: Db, partitions: number): Promise<void> {
  await sql`
    insert into projection.lease (partition)
    select generate_series(0, ${partitions}::integer - 1)
    on conflict (partition) do nothing`.execute(db);
}

/** Says that this replica lives, forgets those silent for a minute; answers who lives, by id. */
export async function signIn(db: Db, { id, name }: Instance): Promise<string[]> {
  await sql`
    with gone as (
      delete from projection.replica
      where seen_at < clock_timestamp() - interval '1 min' and instance <> ${id}
    )
    insert into projection.replica (instance, name, seen_at)
    values (${id}, ${name}, clock_timestamp())
    on conflict (instance) do update set seen_at = excluded.seen_at`.execute(db);
  const { rows } = await sql<{ instance: string }>`
    select instance from projection.replica
    where seen_at >= clock_timestamp() - interval '5 s'
    order by instance`.execute(db);
  return rows.map(({ instance }) => instance);
}

/** Renews what is held; answers what really is: a partition that another took is not among it. */
export async function renewLeases(db: Db, { id }: Instance): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    update projection.lease as lease set expires_at = ${leaseFor}
    from ${lockedInOrder(sql`instance = ${id} and expires_at >= clock_timestamp()`)}
    where lease.partition = locked.partition
    returning lease.partition, lease.epoch`.execute(db);
  return rows.sort((a, b) => a.partition - b.partition);
}

/** Takes up to `count` partitions that nobody holds. Each take has a higher epoch than all before. */
export async function takeLeases(db: Db, { id }: Instance, count: number): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    update projection.lease as lease
    set instance = ${id}, epoch = lease.epoch + 1, expires_at = ${leaseFor}
    from (
      select partition from projection.lease
      where expires_at < clock_timestamp()
      order by random() limit ${count}
      for update skip locked
    ) as free
    where lease.partition = free.partition
    returning lease.partition, lease.epoch`.execute(db);
  return rows;
}

export async function releaseLeases(
  db: Db,
  { id }: Instance,
  partitions: readonly number[],
): Promise<void> {
  await sql`
    update projection.lease as lease set expires_at = '-infinity'
    from ${lockedInOrder(sql`instance = ${id} and partition = any(${partitions}::integer[])`)}
    where lease.partition = locked.partition`.execute(db);
}

/** Gives back everything: the others need not wait for the end of the leases. */
export async function signOut(db: Db, { id }: Instance): Promise<void> {
  await sql`
    with left_behind as (delete from projection.replica where instance = ${id})
    update projection.lease as lease set expires_at = '-infinity'
    from ${lockedInOrder(sql`instance = ${id}`)}
    where lease.partition = locked.partition`.execute(db);
}
