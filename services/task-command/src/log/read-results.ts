import { DomainError, type TenantId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { StoredContent } from './read-payloads.ts';
import type { StreamKey } from './read-streams.ts';

export interface ResultKey extends StreamKey {
  readonly tenantId: TenantId;
}

interface Row {
  readonly ord: bigint;
  readonly content_type: string;
  /** Null past `maxBytes`. */
  readonly body: Buffer | null;
}

/**
 * Results in the order of the keys; undefined for a foreign task, an unknown one and one without a
 * result. Sizes are summed before any body is fetched: throws PAYLOAD_TOO_LARGE above `maxBytes`.
 */
export async function readResults(
  db: Db,
  keys: readonly ResultKey[],
  maxBytes: number,
): Promise<(StoredContent | undefined)[]> {
  if (keys.length === 0) return [];
  const column = <T>(of: (key: ResultKey) => T) => keys.map(of);
  const { rows } = await sql<Row>`
    select ord, content_type, case when through <= ${maxBytes} then body end as body
    from (
      select w.ord, r.content_type, r.body,
        sum(octet_length(r.body)) over (order by w.ord) as through
      from unnest(
        ${column(({ partition }) => partition)}::integer[],
        ${column(({ taskId }) => taskId)}::text[],
        ${column(({ tenantId }) => tenantId)}::text[]
      ) with ordinality as w(partition, task_id, tenant_id, ord)
      join task_command.stream_head h using (partition, task_id, tenant_id)
      join task_command.result r using (partition, task_id)
    ) found`.execute(db);
  const found = new Map(rows.map((row) => [Number(row.ord), contentWithin(row)]));
  return keys.map((_, index) => found.get(index + 1));
}

function contentWithin({ content_type: contentType, body }: Row): StoredContent {
  if (body === null) {
    throw new DomainError('PAYLOAD_TOO_LARGE', 'These results are too large for one answer');
  }
  return { contentType, body };
}
