import type { TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { StreamCheck, type StreamPlace } from './stream-check.ts';
import type { HeadRow, StreamRow } from './stream-row.ts';
import type { OnViolation } from './violation.ts';

export interface StreamReport {
  readonly onViolation: OnViolation;
  readonly onEvents: (events: number) => void;
}

// A page is a few MiB at most: events are below 4 KiB.
const pageSize = 2_000;

/**
 * Every stream of a partition, from its events to its head, payload and result. Each page is one
 * statement, and so one moment: the log may grow meanwhile. Answers how many tasks there are.
 */
export async function checkStreams(
  db: Db,
  place: StreamPlace,
  { onViolation, onEvents }: StreamReport,
): Promise<number> {
  const check = new StreamCheck(place, onViolation);
  let page: StreamRow[] = [];
  do {
    page = await readPage(db, place.partition, page.at(-1));
    for (const row of page) check.take(row);
    onEvents(page.length);
  } while (page.length > 0);
  check.end();
  return check.tasks;
}

interface PageRow {
  readonly task_id: TaskId;
  readonly version: number;
  readonly position: bigint;
  readonly type: string;
  readonly tenant_id: string;
  readonly data: Buffer;
  readonly content_size: number | null;
  readonly head_tenant_id: string | null;
  readonly head_version: number | null;
  readonly head_position: bigint | null;
  readonly head_open: boolean | null;
}

async function readPage(
  db: Db,
  partition: number,
  after: StreamRow | undefined,
): Promise<StreamRow[]> {
  const { rows } = await sql<PageRow>`
    select e.task_id, e.version, e.position, e.type, e.tenant_id, e.data,
      coalesce(octet_length(p.body), octet_length(r.body)) as content_size,
      h.tenant_id as head_tenant_id, h.version as head_version, h.position as head_position,
      h.open as head_open
    from (
      select * from task_command.event
      where partition = ${partition}
        and (task_id, version) > (${after?.taskId ?? ''}, ${after?.version ?? 0}::integer)
      order by task_id, version limit ${pageSize}
    ) as e
    left join task_command.stream_head h using (partition, task_id)
    left join task_command.payload p
      on p.partition = e.partition and p.task_id = e.task_id and e.type = 'TaskIssued'
    left join task_command.result r
      on r.partition = e.partition and r.task_id = e.task_id and e.type = 'TaskFinished'
    order by e.task_id, e.version`.execute(db);
  return rows.map(streamRow);
}

function streamRow(row: PageRow): StreamRow {
  const { version, position, type, data } = row;
  const { task_id: taskId, tenant_id: tenantId, content_size: contentSize } = row;
  return { taskId, version, position, type, tenantId, data, contentSize, head: headOf(row) };
}

function headOf(row: PageRow): HeadRow | null {
  const { head_tenant_id: tenantId, head_version: version } = row;
  const { head_position: position, head_open: open } = row;
  if (tenantId === null || version === null || position === null || open === null) return null;
  return { tenantId, version, position, open };
}
