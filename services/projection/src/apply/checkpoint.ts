import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';

/** Who writes a partition's views: the holder of its lease, or a rebuild in a schema of its own. */
export type Writer =
  | { readonly kind: 'lease'; readonly instance: string; readonly epoch: bigint }
  | { readonly kind: 'rebuild' };

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
 * Moves the checkpoint, first in the transaction: from `from` or not at all. The share lock holds
 * the lease's row to the end, so nobody takes over in the middle of a batch. Throws StaleWriterError.
 */
export async function moveCheckpoint(
  tx: Tx,
  schema: string,
  writer: Writer,
  move: { readonly partition: number; readonly from: bigint; readonly to: bigint },
): Promise<void> {
  const { numAffectedRows } = await sql`
    with held as materialized (${heldBy(writer, move.partition)})
    update ${sql.id(schema, 'checkpoint')}
    set position = ${move.to}
    where partition = ${move.partition} and position = ${move.from} and exists (select from held)`.execute(
    tx,
  );
  if (numAffectedRows !== 1n) throw new StaleWriterError(move.partition);
}

function heldBy(writer: Writer, partition: number) {
  if (writer.kind === 'rebuild') return sql`select 1`;
  return sql`
    select 1 from projection.lease
    where partition = ${partition} and instance = ${writer.instance} and epoch = ${writer.epoch}
    for share`;
}
