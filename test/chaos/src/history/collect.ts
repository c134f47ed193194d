import { decodeTaskEvent } from '@greencloud/event-log';
import type { Pool } from 'pg';
import type { Contents, LogRow, ViewRow } from './log-row.ts';

type EventRow = {
  partition: number;
  /** A bigint, which comes as text. */
  position: string;
  task_id: string;
  version: number;
  recorded_at: Date;
  data: Buffer;
};

/** The whole log, straight from its table: the reader under test is not asked. */
export async function readLog(pool: Pool): Promise<LogRow[]> {
  const { rows } = await pool.query<EventRow>(
    `select partition, position, task_id, version, recorded_at, data
     from task_command.event order by partition, position`,
  );
  return rows.map(({ partition, position, task_id, version, recorded_at, data }) => ({
    partition,
    position: Number(position),
    taskId: task_id,
    version,
    recordedAt: recorded_at.getTime(),
    event: decodeTaskEvent(data),
  }));
}

export async function readViews(pool: Pool): Promise<ViewRow[]> {
  const { rows } = await pool.query<ViewRow>(
    `select task_id as "taskId", tenant_id as "tenantId", lambda_id as "lambdaId",
       code_version as "codeVersion", issued_at::float8 as "issuedAt",
       assigned_at::float8 as "assignedAt", finished_at::float8 as "finishedAt", progress,
       node_id as "nodeId", timeout_seconds as "timeoutSeconds",
       json_build_object('cpuCount', cpu_count, 'memSize', mem_size,
         'networkLatency', network_latency, 'privileged', privileged) as capabilities,
       state, outcome, status, attempt, version, detail,
       case when result_size is not null then json_build_object('size', result_size,
         'contentType', result_content_type, 'hash', encode(result_hash, 'hex')) end as result
     from projection.task_view`,
  );
  return rows;
}

export async function readContents(pool: Pool): Promise<Contents> {
  const [payloads, results] = await Promise.all([
    bodies(pool, 'task_command.payload'),
    bodies(pool, 'task_command.result'),
  ]);
  return { payloads, results };
}

async function bodies(pool: Pool, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ task_id: string; body: Buffer }>(
    `select task_id, body from ${table}`,
  );
  return new Map(rows.map(({ task_id, body }) => [task_id, body.toString('utf8')]));
}
