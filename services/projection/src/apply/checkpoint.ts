import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** Who writes a partition's views: the holder of its lease, or a rebuild in a schema of its own. */
export type Writer =
  | { readonly kind: 'lease'; readonly instance: string; readonly epoch: bigint }
  | { readonly kind: 'rebuild' };

export interface Move {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Somebody else writes this partition now, or wrote it: begin again from the checkpoint. */
export class StaleWriterError extends Error {
  override readonly name = 'StaleWriterError';

  constructor(partition: number) {
    super(`another writer has partition ${partition}`);
  }
}

/** The last position whose event is in the views; 0 for none. */
export async function readCheckpoint(db: Db, schema: string, partition: number): Promise<bigint> {
  const { rows } = await sql<{ position: bigint }>`
    select position from ${sql.id(schema, 'checkpoint')} where partition = ${partition}`.execute(
    db,
  );
  return rows[0]?.position ?? 0n;
}

/** Rows for partitions that have none yet. */
export async function ensureCheckpoints(db: Db, schema: string, partitions: number): Promise<void> {
  await sql`
    insert into ${sql.id(schema, 'checkpoint')} (partition)
    select generate_series(0, ${partitions}::integer - 1)
    on conflict (partition) do nothing`.execute(db);
}

/**
 * Answers a row when the lease is the writer's. The share lock holds the lease's row to the end of
 * the statement, so nobody takes over in the middle of a batch.
 */
export function heldBy(writer: Writer, partition: number): RawBuilder<unknown> {
  if (writer.kind === 'rebuild') return sql`select 1`;
  return sql`
    select 1 from projection.lease
    where partition = ${partition} and instance = ${writer.instance} and epoch = ${writer.epoch}
    for share`;
}

/** Moves the checkpoint from `from` or not at all, and only where the relation `held` has a row. */
export function moveCheckpoint(schema: string, { partition, from, to }: Move): RawBuilder<unknown> {
  return sql`
    update ${sql.id(schema, 'checkpoint')} set position = ${to}
    where partition = ${partition} and position = ${from} and exists (select from held)
    returning 1`;
}
