import { randomUUID } from 'node:crypto';
import { ensureLeases, lockedLeases } from '@greencloud/postgres';
import { sql } from 'kysely';
import { type Db, leaseTables, type Tx } from '../postgres/database.ts';

/** All leases in one hand, for the moment of a switch. */
export interface Seizure {
  readonly instance: string;
  readonly partitions: number;
}

/**
 * Takes every lease from its holder. Waits for the batches that are being written; what their
 * writers try after that is refused by the epoch.
 */
export async function seizeLeases(db: Db, partitions: number): Promise<Seizure> {
  const instance = `rebuild-${randomUUID()}`;
  await ensureLeases(db, leaseTables, partitions);
  await sql`
    update projection.lease as lease
    set instance = ${instance}, holder = 'rebuild', epoch = lease.epoch + 1,
      expires_at = clock_timestamp() + interval '15 s'
    from ${lockedLeases(leaseTables, sql`true`)}
    where lease.partition = locked.partition`.execute(db);
  return { instance, partitions };
}

/** Locks the leases for the transaction. Throws when one ended in the meantime. */
export async function assertSeized(tx: Tx, { instance, partitions }: Seizure): Promise<void> {
  const { rows } = await sql`
    select partition from projection.lease
    where instance = ${instance} and expires_at >= clock_timestamp()
    order by partition for update`.execute(tx);
  if (rows.length !== partitions) {
    throw new Error('the last step took longer than its leases; run the rebuild again');
  }
}

export async function giveBackLeases(db: Db, { instance }: Seizure): Promise<void> {
  await sql`
    update projection.lease as lease set expires_at = '-infinity'
    from ${lockedLeases(leaseTables, sql`instance = ${instance}`)}
    where lease.partition = locked.partition`.execute(db);
}
