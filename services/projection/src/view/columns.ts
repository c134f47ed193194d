import {
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  parseTaskId,
  parseTenantId,
  type TaskOutcome,
} from '@greencloud/domain';
import { type ElementType, elementTypes } from '@greencloud/postgres';
import { type BatchColumn, batchColumn } from './batch-column.ts';
import type { TaskRow, TaskRowState } from './task-row.ts';

/** A row of `task_view` as Postgres answers it. */
export interface TaskViewColumns {
  task_id: string;
  tenant_id: string;
  lambda_id: string;
  code_version: string;
  issued_at: bigint;
  assigned_at: bigint | null;
  finished_at: bigint | null;
  progress: number;
  node_id: string | null;
  timeout_seconds: number;
  cpu_count: number;
  mem_size: number;
  network_latency: number;
  privileged: boolean;
  state: TaskRowState;
  outcome: TaskOutcome | null;
  status: number;
  attempt: number;
  version: number;
  detail: string;
  result_size: number | null;
  result_content_type: string | null;
  result_hash: Buffer | null;
}

interface ViewColumn extends BatchColumn<TaskRow> {
  readonly name: keyof TaskViewColumns;
  readonly changes: 'never' | 'with its task';
}

type MakeColumn = <T>(
  name: keyof TaskViewColumns,
  type: ElementType<T>,
  of: (row: TaskRow) => T | null,
) => ViewColumn;

/** Known from the issue on. */
const fixed: MakeColumn = (name, type, of) => {
  return { ...batchColumn(name, type, of), name, changes: 'never' };
};

const changing: MakeColumn = (name, type, of) => {
  return { ...batchColumn(name, type, of), name, changes: 'with its task' };
};

const { bigint, boolean, bytea, integer, smallint, text } = elementTypes;

/** Every column once: name, type and value, so that no statement has its own list. */
export const columns: readonly ViewColumn[] = [
  fixed('task_id', text, (row) => row.taskId),
  fixed('tenant_id', text, (row) => row.tenantId),
  fixed('lambda_id', text, (row) => row.lambdaId),
  fixed('code_version', text, (row) => row.codeVersion),
  fixed('issued_at', bigint, (row) => row.issuedAt),
  changing('assigned_at', bigint, (row) => row.assignedAt),
  changing('finished_at', bigint, (row) => row.finishedAt),
  changing('progress', smallint, (row) => row.progress),
  changing('node_id', text, (row) => row.nodeId),
  fixed('timeout_seconds', integer, (row) => row.timeoutSeconds),
  fixed('cpu_count', integer, (row) => row.capabilities.cpuCount),
  fixed('mem_size', integer, (row) => row.capabilities.memSize),
  fixed('network_latency', integer, (row) => row.capabilities.networkLatency),
  fixed('privileged', boolean, (row) => row.capabilities.privileged),
  changing('state', text, (row) => row.state),
  changing('outcome', text, (row) => row.outcome),
  changing('status', integer, (row) => row.status),
  changing('attempt', integer, (row) => row.attempt),
  changing('version', integer, (row) => row.version),
  changing('detail', text, (row) => row.detail),
  changing('result_size', integer, (row) => row.result?.size ?? null),
  changing('result_content_type', text, (row) => row.result?.contentType ?? null),
  changing('result_hash', bytea, (row) => hashOf(row)),
];

function hashOf({ result }: TaskRow): Buffer | null {
  return result === null ? null : Buffer.from(result.hash, 'hex');
}

export function rowOf(found: TaskViewColumns): TaskRow {
  return {
    taskId: parseTaskId(found.task_id),
    tenantId: parseTenantId(found.tenant_id),
    lambdaId: parseLambdaId(found.lambda_id),
    codeVersion: parseCodeVersion(found.code_version),
    issuedAt: Number(found.issued_at),
    assignedAt: found.assigned_at === null ? null : Number(found.assigned_at),
    finishedAt: found.finished_at === null ? null : Number(found.finished_at),
    progress: found.progress,
    nodeId: found.node_id === null ? null : parseNodeId(found.node_id),
    timeoutSeconds: found.timeout_seconds,
    capabilities: {
      cpuCount: found.cpu_count,
      memSize: found.mem_size,
      networkLatency: found.network_latency,
      privileged: found.privileged,
    },
    state: found.state,
    outcome: found.outcome,
    status: found.status,
    attempt: found.attempt,
    version: found.version,
    detail: found.detail,
    result: resultOf(found),
  };
}

function resultOf(found: TaskViewColumns): TaskRow['result'] {
  const { result_size: size, result_content_type: contentType, result_hash: hash } = found;
  if (size === null || contentType === null || hash === null) return null;
  return { size, contentType, hash: hash.toString('hex') };
}
