import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { countDeltas } from '../view/count-deltas.ts';
import type { FoldedBatch } from '../view/fold-batch.ts';
import { addCounts, addIssued } from './add-counts.ts';
import { heldBy, type Move, moveCheckpoint, StaleWriterError, type Writer } from './checkpoint.ts';
import { parkTasks } from './park-tasks.ts';
import { upsertRows } from './upsert-rows.ts';

export interface BatchTarget {
  readonly db: Db;
  readonly schema: string;
  readonly writer: Writer;
}

/**
 * Checkpoint, rows, counters and parked tasks in one statement, so in one transaction: a batch costs
 * two round trips (read, write) instead of seven. Every part hangs on the moved checkpoint. Throws
 * StaleWriterError when it could not be moved; then nothing is written.
 */
export async function writeBatch(
  { db, schema, writer }: BatchTarget,
  move: Move,
  { changes, poison }: FoldedBatch,
): Promise<void> {
  const { partition } = move;
  const { counts, issued } = countDeltas(changes);
  const parts = [
    sql`held as materialized (${heldBy(writer, partition)})`,
    sql`moved as (${moveCheckpoint(schema, move)})`,
    sql`written as (${upsertRows(
      schema,
      changes.map(({ after }) => after),
    )})`,
    // Left out while they have nothing to do: every part is planned anew for each batch.
    ...(counts.length > 0 ? [sql`counted as (${addCounts(schema, partition, counts)})`] : []),
    ...(issued.length > 0 ? [sql`dated as (${addIssued(schema, partition, issued)})`] : []),
    ...(poison.length > 0 ? [sql`parked as (${parkTasks(schema, partition, poison)})`] : []),
  ];
  const { rows } = await sql<{ moved: bigint }>`
    with ${sql.join(parts)}
    select count(*) as moved,
      projection.require_rows((select count(*) from written), count(*) * ${changes.length})
    from moved`.execute(db);
  if (rows[0]?.moved !== 1n) throw new StaleWriterError(partition);
}
