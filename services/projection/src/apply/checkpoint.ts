import { elementTypes } from '@greencloud/postgres';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { batchColumn } from '../view/batch-column.ts';
import type { BatchTables } from '../view/batch-table.ts';
import type { WritePart } from './write-part.ts';

const { bigint, integer, text } = elementTypes;

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

/** A batch's move, who makes it, and how many rows it must write. */
export interface WriterMove extends Move {
  readonly writer: Writer;
  readonly rows: number;
}

const moveColumns = [
  batchColumn('partition', integer, ({ partition }: WriterMove) => partition),
  batchColumn('from_position', bigint, ({ from }: WriterMove) => from),
  batchColumn('to_position', bigint, ({ to }: WriterMove) => to),
  batchColumn('instance', text, ({ writer }: WriterMove) => leaseOf(writer).instance),
  batchColumn('epoch', bigint, ({ writer }: WriterMove) => leaseOf(writer).epoch),
  batchColumn('row_count', integer, ({ rows }: WriterMove) => rows),
];

const noLease = { instance: null, epoch: null };

function leaseOf(writer: Writer) {
  return writer.kind === 'lease' ? writer : noLease;
}

/**
 * The partitions whose lease is the writer's. The share lock holds the lease's row to the end of
 * the statement, so nobody takes over in the middle of a batch. In order, as all that lock leases:
 * so none waits for another that waits for it.
 */
export function heldPartitions(kind: Writer['kind']): string {
  if (kind === 'rebuild') return `select partition from move`;
  return `
    select lease.partition from projection.lease
    join move on move.partition = lease.partition
      and move.instance = lease.instance and move.epoch = lease.epoch
    order by lease.partition
    for share of lease`;
}

/** Each checkpoint from where its batch begins or not at all, and only those that are held. */
export function moveCheckpoints(schema: string): string {
  return `
    update ${schema}.checkpoint set position = move.to_position
    from move join held on held.partition = move.partition
    where checkpoint.partition = move.partition and checkpoint.position = move.from_position
    returning checkpoint.partition`;
}

export function moves(tables: BatchTables): WritePart<WriterMove> {
  const move = tables.add('given', moveColumns);
  return { sql: `select * from ${move.sql}`, parametersOf: move.parametersOf };
}
