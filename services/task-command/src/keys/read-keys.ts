import type { TaskId, TenantId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

export interface TenantKey {
  readonly tenantId: TenantId;
  readonly key: string;
}

export interface KeyedTask {
  readonly taskId: TaskId;
  readonly requestHash: Buffer;
}

interface Row {
  readonly ord: bigint;
  readonly task_id: TaskId;
  readonly request_hash: Buffer;
}

/** What some idempotency keys have issued, in the order of the keys; undefined where nothing. */
export async function readKeys(
  db: Db,
  keys: readonly TenantKey[],
): Promise<(KeyedTask | undefined)[]> {
  const tenantIds = keys.map(({ tenantId }) => tenantId);
  const names = keys.map(({ key }) => key);
  const { rows } = await sql<Row>`
    select wanted.ord, k.task_id, k.request_hash
    from unnest(${tenantIds}::text[], ${names}::text[])
      with ordinality as wanted(tenant_id, key, ord)
    join task_command.idempotency_key k using (tenant_id, key)`.execute(db);
  const byOrder = new Map(rows.map((row) => [Number(row.ord), row]));
  return keys.map((_, index) => {
    const row = byOrder.get(index + 1);
    return row && { taskId: row.task_id, requestHash: row.request_hash };
  });
}
