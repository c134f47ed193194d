import { elementTypes } from '@greencloud/postgres';
import { batchColumn } from '../view/batch-column.ts';
import type { CountDelta, IssuedDelta } from '../view/count-deltas.ts';
import type { BatchTables } from '../view/batch-table.ts';
import type { InPartition, WritePart } from './write-part.ts';

const { bigint, integer, text } = elementTypes;

const countColumns = [
  batchColumn('partition', integer, (delta: InPartition<CountDelta>) => delta.partition),
  batchColumn('tenant_id', text, (delta: InPartition<CountDelta>) => delta.value.tenantId),
  batchColumn('pending', bigint, (delta: InPartition<CountDelta>) => delta.value.pending),
  batchColumn('running', bigint, (delta: InPartition<CountDelta>) => delta.value.running),
  batchColumn('finished', bigint, (delta: InPartition<CountDelta>) => delta.value.finished),
];

/** The tenants' counters, in the statement that writes the rows that they count. */
export function addCounts(schema: string, tables: BatchTables): WritePart<InPartition<CountDelta>> {
  const delta = tables.add('delta', countColumns);
  const sql = `
    insert into ${schema}.tenant_count as count
      (partition, tenant_id, pending, running, finished)
    select delta.* from ${delta.sql} where delta.partition in (select partition from moved)
    on conflict (tenant_id, partition) do update set
      pending = count.pending + excluded.pending,
      running = count.running + excluded.running,
      finished = count.finished + excluded.finished`;
  return { sql, parametersOf: delta.parametersOf };
}

const issuedColumns = [
  batchColumn('partition', integer, (delta: InPartition<IssuedDelta>) => delta.partition),
  batchColumn('tenant_id', text, (delta: InPartition<IssuedDelta>) => delta.value.tenantId),
  batchColumn('quarter', integer, (delta: InPartition<IssuedDelta>) => delta.value.quarter),
  batchColumn('issued', bigint, (delta: InPartition<IssuedDelta>) => delta.value.issued),
];

export function addIssued(
  schema: string,
  tables: BatchTables,
): WritePart<InPartition<IssuedDelta>> {
  const delta = tables.add('delta', issuedColumns);
  const sql = `
    insert into ${schema}.tenant_issued as count (partition, tenant_id, quarter, issued)
    select delta.* from ${delta.sql} where delta.partition in (select partition from moved)
    on conflict (tenant_id, quarter, partition) do update set
      issued = count.issued + excluded.issued`;
  return { sql, parametersOf: delta.parametersOf };
}
