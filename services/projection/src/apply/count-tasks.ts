import { sql } from 'kysely';
import type { Tx } from '../postgres/database.ts';
import type { CountDelta, CountDeltas, IssuedDelta } from '../view/count-deltas.ts';

/** The tenants' counters, in the transaction of the rows that they count. */
export async function countTasks(
  tx: Tx,
  schema: string,
  partition: number,
  { counts, issued }: CountDeltas,
): Promise<void> {
  if (counts.length > 0) await addCounts(tx, schema, partition, counts);
  if (issued.length > 0) await addIssued(tx, schema, partition, issued);
}

async function addCounts(
  tx: Tx,
  schema: string,
  partition: number,
  deltas: readonly CountDelta[],
): Promise<void> {
  await sql`
    insert into ${sql.id(schema, 'tenant_count')} as count
      (tenant_id, partition, pending, running, finished)
    select tenant_id, ${partition}::integer, pending, running, finished
    from unnest(
      ${deltas.map(({ tenantId }) => tenantId)}::text[],
      ${deltas.map(({ pending }) => pending)}::bigint[],
      ${deltas.map(({ running }) => running)}::bigint[],
      ${deltas.map(({ finished }) => finished)}::bigint[]
    ) as delta (tenant_id, pending, running, finished)
    on conflict (tenant_id, partition) do update set
      pending = count.pending + excluded.pending,
      running = count.running + excluded.running,
      finished = count.finished + excluded.finished`.execute(tx);
}

async function addIssued(
  tx: Tx,
  schema: string,
  partition: number,
  deltas: readonly IssuedDelta[],
): Promise<void> {
  await sql`
    insert into ${sql.id(schema, 'tenant_issued')} as count
      (tenant_id, quarter, partition, issued)
    select tenant_id, quarter, ${partition}::integer, issued
    from unnest(
      ${deltas.map(({ tenantId }) => tenantId)}::text[],
      ${deltas.map(({ quarter }) => quarter)}::integer[],
      ${deltas.map(({ issued }) => issued)}::bigint[]
    ) as delta (tenant_id, quarter, issued)
    on conflict (tenant_id, quarter, partition) do update set
      issued = count.issued + excluded.issued`.execute(tx);
}
