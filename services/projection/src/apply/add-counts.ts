import { type RawBuilder, sql } from 'kysely';
import type { CountDelta, IssuedDelta } from '../view/count-deltas.ts';

/** The tenants' counters, in the statement that writes the rows that they count. */
export function addCounts(
  schema: string,
  partition: number,
  deltas: readonly CountDelta[],
): RawBuilder<unknown> {
  return sql`
    insert into ${sql.id(schema, 'tenant_count')} as count
      (tenant_id, partition, pending, running, finished)
    select tenant_id, ${partition}::integer, pending, running, finished
    from unnest(
      ${deltas.map(({ tenantId }) => tenantId)}::text[],
      ${deltas.map(({ pending }) => pending)}::bigint[],
      ${deltas.map(({ running }) => running)}::bigint[],
      ${deltas.map(({ finished }) => finished)}::bigint[]
    ) as delta (tenant_id, pending, running, finished)
    where exists (select from moved)
    on conflict (tenant_id, partition) do update set
      pending = count.pending + excluded.pending,
      running = count.running + excluded.running,
      finished = count.finished + excluded.finished`;
}

export function addIssued(
  schema: string,
  partition: number,
  deltas: readonly IssuedDelta[],
): RawBuilder<unknown> {
  return sql`
    insert into ${sql.id(schema, 'tenant_issued')} as count
      (tenant_id, quarter, partition, issued)
    select tenant_id, quarter, ${partition}::integer, issued
    from unnest(
      ${deltas.map(({ tenantId }) => tenantId)}::text[],
      ${deltas.map(({ quarter }) => quarter)}::integer[],
      ${deltas.map(({ issued }) => issued)}::bigint[]
    ) as delta (tenant_id, quarter, issued)
    where exists (select from moved)
    on conflict (tenant_id, quarter, partition) do update set
      issued = count.issued + excluded.issued`;
}
