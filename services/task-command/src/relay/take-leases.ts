import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

export interface TakenLease {
  readonly partition: number;
  /** Higher with every change of the holder. */
  readonly epoch: bigint;
}

/** `instance` is one life of a process, `holder` the name of its replica. */
export interface Claimant {
  readonly holder: string;
  readonly instance: string;
}

/**
 * Renews what this instance holds and takes what nobody holds, by the database's clock: the clocks
 * of replicas need not agree. Answers with all that it holds now.
 */
export async function takeLeases(
  db: Db,
  { holder, instance }: Claimant,
  ttlMs: number,
): Promise<TakenLease[]> {
  const { rows } = await sql<TakenLease>`
    update task_command.relay_lease set
      epoch = epoch + case
        when instance = ${instance}::uuid and expires_at > clock_timestamp() then 0 else 1 end,
      holder = ${holder},
      instance = ${instance}::uuid,
      expires_at = clock_timestamp() + make_interval(secs => ${ttlMs / 1_000}::double precision)
    where instance = ${instance}::uuid or expires_at <= clock_timestamp()
    returning partition, epoch`.execute(db);
  return rows;
}
