import {
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  parseTaskId,
  parseTenantId,
  type TaskOutcome,
} from '@greencloud/domain';
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

interface Column {
  readonly name: keyof TaskViewColumns;
  readonly type: string;
  readonly of: (row: TaskRow) => unknown;
}

/** Every column once: name, type and value, so that no statement has its own list. */
export const columns: readonly Column[] = [
  { name: 'task_id', type: 'text', of: (row) => row.taskId },
  { name: 'tenant_id', type: 'text', of: (row) => row.tenantId },
  { name: 'lambda_id', type: 'text', of: (row) => row.lambdaId },
  { name: 'code_version', type: 'text', of: (row) => row.codeVersion },
  { name: 'issued_at', type: 'bigint', of: (row) => row.issuedAt },
  { name: 'assigned_at', type: 'bigint', of: (row) => row.assignedAt },
  { name: 'finished_at', type: 'bigint', of: (row) => row.finishedAt },
  { name: 'progress', type: 'smallint', of: (row) => row.progress },
  { name: 'node_id', type: 'text', of: (row) => row.nodeId },
  { name: 'timeout_seconds', type: 'integer', of: (row) => row.timeoutSeconds },
  { name: 'cpu_count', type: 'integer', of: (row) => row.capabilities.cpuCount },
  { name: 'mem_size', type: 'integer', of: (row) => row.capabilities.memSize },
  { name: 'network_latency', type: 'integer', of: (row) => row.capabilities.networkLatency },
  { name: 'privileged', type: 'boolean', of: (row) => row.capabilities.privileged },
  { name: 'state', type: 'text', of: (row) => row.state },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'status', type: 'integer', of: (row) => row.status },
  { name: 'attempt', type: 'integer', of: (row) => row.attempt },
  { name: 'version', type: 'integer', of: (row) => row.version },
  { name: 'detail', type: 'text', of: (row) => row.detail },
  { name: 'result_size', type: 'integer', of: (row) => row.result?.size ?? null },
  { name: 'result_content_type', type: 'text', of: (row) => row.result?.contentType ?? null },
  { name: 'result_hash', type: 'bytea', of: (row) => hashOf(row) },
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
