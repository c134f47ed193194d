import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { Claimant } from './take-leases.ts';

/** Whoever comes next need not wait for the leases to run out. */
export async function releaseLeases(db: Db, { instance }: Claimant): Promise<void> {
  await sql`
    update task_command.relay_lease set expires_at = '-infinity'
    where instance = ${instance}::uuid`.execute(db);
}

/**
 * Ends the leases of an earlier life of this replica, which died without releasing them. Should it
 * live all the same, the chain of message ids keeps the stream in order.
 */
export async function releaseEarlierLife(db: Db, { holder, instance }: Claimant): Promise<void> {
  await sql`
    update task_command.relay_lease set expires_at = '-infinity'
    where holder = ${holder} and instance <> ${instance}::uuid`.execute(db);
}
