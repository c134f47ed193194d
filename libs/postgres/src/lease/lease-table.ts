import { type Kysely, type RawBuilder, sql } from 'kysely';

/**
 * A service's own tables, both with their schema: the one of leases `(partition, holder, instance,
 * epoch, expires_at)`, and the one of replicas that live `(instance, name, seen_at)`.
 */
export interface LeaseTables {
  readonly lease: string;
  readonly replica: string;
}

/** One life of a process. */
export interface Instance {
  readonly id: string;
  /** The replica's, in all of its lives. */
  readonly name: string;
}

export interface Lease {
  readonly partition: number;
  /** Higher at each take than at all before. */
  readonly epoch: bigint;
}

/** How long a lease lasts, and a sign of life. */
export const leaseMs = 5_000;

// The database's clock alone decides: clocks of replicas may differ.
const leaseEnd = sql.raw(`clock_timestamp() + interval '${leaseMs} ms'`);
const lastSign = sql.raw(`clock_timestamp() - interval '${leaseMs} ms'`);

/**
 * Leases, locked in the order of their partitions. Others lock several at once, too: in another
 * order two could wait for each other.
 */
export function lockedLeases({ lease }: LeaseTables, which: RawBuilder<unknown>) {
  return sql`(
    select partition from ${sql.table(lease)} where ${which} order by partition for update
  ) as locked`;
}

/** Rows for partitions that have none yet. */
export async function ensureLeases<D>(
  db: Kysely<D>,
  { lease }: LeaseTables,
  partitions: number,
): Promise<void> {
  await sql`
    insert into ${sql.table(lease)} (partition)
    select generate_series(0, ${partitions}::integer - 1)
    on conflict (partition) do nothing`.execute(db);
}

/** Says that this replica lives, forgets those silent for a minute; answers who lives, by id. */
export async function signIn<D>(
  db: Kysely<D>,
  { replica }: LeaseTables,
  { id, name }: Instance,
): Promise<string[]> {
  const table = sql.table(replica);
  await sql`
    with gone as (
      delete from ${table}
      where seen_at < clock_timestamp() - interval '1 min' and instance <> ${id}
    )
    insert into ${table} (instance, name, seen_at) values (${id}, ${name}, clock_timestamp())
    on conflict (instance) do update set seen_at = excluded.seen_at`.execute(db);
  const { rows } = await sql<{ instance: string }>`
    select instance from ${table} where seen_at >= ${lastSign} order by instance`.execute(db);
  return rows.map(({ instance }) => instance);
}

/** Renews what is held; answers what really is: a partition that another took is not among it. */
export async function renewLeases<D>(
  db: Kysely<D>,
  tables: LeaseTables,
  { id }: Instance,
): Promise<Lease[]> {
  const isHeld = sql`instance = ${id} and expires_at >= clock_timestamp()`;
  const { rows } = await sql<Lease>`
    update ${sql.table(tables.lease)} as lease set expires_at = ${leaseEnd}
    from ${lockedLeases(tables, isHeld)}
    where lease.partition = locked.partition
    returning lease.partition, lease.epoch`.execute(db);
  return rows.sort((a, b) => a.partition - b.partition);
}

/** Takes up to `count` partitions that nobody holds. */
export async function takeLeases<D>(
  db: Kysely<D>,
  { lease }: LeaseTables,
  { id, name }: Instance,
  count: number,
): Promise<Lease[]> {
  const table = sql.table(lease);
  const { rows } = await sql<Lease>`
    update ${table} as lease
    set instance = ${id}, holder = ${name}, epoch = lease.epoch + 1, expires_at = ${leaseEnd}
    from (
      select partition from ${table} where expires_at < clock_timestamp()
      order by random() limit ${count}
      for update skip locked
    ) as free
    where lease.partition = free.partition
    returning lease.partition, lease.epoch`.execute(db);
  return rows;
}

/** Whether the lease still is what it was when it was taken. By the time of the answer it may be gone. */
export async function holdsLease<D>(
  db: Kysely<D>,
  { lease }: LeaseTables,
  { id }: Instance,
  { partition, epoch }: Lease,
): Promise<'yes' | 'no'> {
  const { rows } = await sql`
    select partition from ${sql.table(lease)}
    where partition = ${partition} and instance = ${id} and epoch = ${epoch}
      and expires_at >= clock_timestamp()`.execute(db);
  return rows.length === 1 ? 'yes' : 'no';
}

export async function releaseLeases<D>(
  db: Kysely<D>,
  tables: LeaseTables,
  { id }: Instance,
  partitions: readonly number[],
): Promise<void> {
  const these = sql`instance = ${id} and partition = any(${partitions}::integer[])`;
  await ended(tables, these).execute(db);
}

/** Gives back everything: the others need not wait for the end of the leases. */
export async function signOut<D>(
  db: Kysely<D>,
  tables: LeaseTables,
  { id }: Instance,
): Promise<void> {
  await sql`
    with left_behind as (delete from ${sql.table(tables.replica)} where instance = ${id})
    ${ended(tables, sql`instance = ${id}`)}`.execute(db);
}

/**
 * Ends what is left of an earlier life of this replica, which died without signing out. Should it
 * live all the same, the next epochs are higher than its own.
 */
export async function endEarlierLife<D>(
  db: Kysely<D>,
  tables: LeaseTables,
  { id, name }: Instance,
): Promise<void> {
  const isEarlier = sql`name = ${name} and instance <> ${id}`;
  await sql`
    with left_behind as (delete from ${sql.table(tables.replica)} where ${isEarlier})
    ${ended(tables, sql`holder = ${name} and instance <> ${id}`)}`.execute(db);
}

function ended(tables: LeaseTables, which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    update ${sql.table(tables.lease)} as lease set expires_at = '-infinity'
    from ${lockedLeases(tables, which)}
    where lease.partition = locked.partition`;
}
