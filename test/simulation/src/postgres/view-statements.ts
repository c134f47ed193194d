import { DatabaseError } from 'pg';
import { leaseTables as viewLeases, viewColumns } from '../product/projection.ts';
import { leaseStatements } from './lease-statements.ts';
import type { Statement, Tables } from './statement.ts';
import { readBinaryArray, unnest } from './binary-array.ts';
import type { ViewRow, ViewWrite } from './view-tables.ts';

interface Lease {
  readonly partition: number;
  readonly instance: string;
  readonly epoch: bigint;
}

/** One partition's part of the statement that writes the views. */
interface PartitionWrite extends ViewWrite {
  readonly lease: Lease;
}

const widths = { move: 6, rows: viewColumns.length + 1, counts: 5, issued: 4, parked: 5 };

/** The parameters are arrays: five tables one after the other, each as its columns. */
export function writesOf(parameters: readonly unknown[]): PartitionWrite[] {
  const left = [...parameters];
  const table = (width: number) => unnest(left.splice(0, width));
  const moves = table(widths.move);
  const rows = table(widths.rows).map(([partition, ...values]) => ({
    partition,
    row: rowOf(values),
  }));
  const counts = table(widths.counts).map(countOf);
  const issued = table(widths.issued).map(issuedOf);
  const parked = table(widths.parked).map(parkedOf);
  if (left.length > 0) throw new Error('the statement that writes the views has changed');
  return moves.map((move) => {
    const [partition, from, to, instance, epoch, given] = move as MoveColumns;
    const inPartition = (each: { readonly partition: unknown }) => each.partition === partition;
    const own = rows.filter(inPartition).map(({ row }) => row);
    if (own.length !== given) throw new Error(`${own.length} rows are given, and not ${given}`);
    return {
      lease: { partition, instance, epoch },
      partition,
      from,
      to,
      rows: own,
      counts: counts.filter(inPartition),
      issued: issued.filter(inPartition),
      parked: parked.filter(inPartition),
    };
  });
}

type MoveColumns = [number, bigint, bigint, string, bigint, number];

function rowOf(values: readonly unknown[]): ViewRow {
  const entries = viewColumns.map(({ name }, index) => [name, values[index] ?? null]);
  return Object.fromEntries(entries) as ViewRow;
}

function countOf([partition, tenant, pending, running, finished]: readonly unknown[]) {
  const [p, r, f] = [pending, running, finished].map(Number);
  const key = `${tenant as string} ${partition as number}`;
  return { partition, key, pending: p ?? 0, running: r ?? 0, finished: f ?? 0 };
}

function issuedOf([partition, tenant, quarter, issued]: readonly unknown[]) {
  const key = `${tenant as string} ${quarter as number} ${partition as number}`;
  return { partition, key, issued: Number(issued) };
}

function parkedOf([taskId, partition]: readonly unknown[]) {
  return { task_id: taskId as string, partition: partition as number };
}

/** Each partition that is held and stands where its batch begins; all of them, or an error. */
function writeViews({ views }: Tables, parameters: readonly unknown[]) {
  const moved = writesOf(parameters).filter(({ lease, partition, from }) => {
    return views.leases.isCurrent(lease) && views.checkpoints.get(partition) === from;
  });
  const older = moved
    .flatMap(({ rows }) => rows)
    .filter(({ task_id, version }) => (views.rows.get(task_id)?.version ?? 0) >= version);
  if (older.length > 0) throw olderRows();
  views.write(moved);
  return [{ moved: moved.length === 0 ? null : moved.map(({ partition }) => partition) }];
}

function olderRows(): DatabaseError {
  const error = new DatabaseError('rows were older than the batch', 0, 'error');
  return Object.assign(error, { code: 'GP001', severity: 'ERROR' });
}

/** The statements of the projection on its views and leases. */
export const viewStatements: readonly Statement[] = [
  {
    name: 'read checkpoint',
    fragment: 'select position from "projection"."checkpoint" where',
    run: ({ views }, [partition]) => {
      const position = views.checkpoints.get(partition as number);
      return position === undefined ? [] : [{ position }];
    },
  },
  {
    name: 'ensure checkpoints',
    fragment: 'insert into "projection"."checkpoint" (partition)',
    run: ({ views }, [partitions]) => {
      for (let partition = 0; partition < (partitions as number); partition++) {
        if (!views.checkpoints.has(partition)) views.checkpoints.set(partition, 0n);
      }
      return [];
    },
  },
  {
    name: 'read parked',
    fragment: 'select task_id from projection.parked_task',
    run: ({ views }, [of]) =>
      [...views.parked.values()].filter(({ partition }) => partition === of),
  },
  {
    name: 'read rows',
    fragment: 'from projection.task_view where task_id = any($1::text[])',
    run: ({ views }, [taskIds]) =>
      readBinaryArray(taskIds as Buffer).flatMap(
        (taskId) => views.rows.get(taskId as string) ?? [],
      ),
  },
  {
    name: 'write views',
    fragment: 'with move as materialized',
    run: writeViews,
  },
  ...leaseStatements('projection', viewLeases, ({ views }) => views.leases),
];
