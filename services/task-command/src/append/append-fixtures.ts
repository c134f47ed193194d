import { randomUUID } from 'node:crypto';
import {
  type NodeId,
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  type TaskCommand,
  type TaskId,
} from '@greencloud/domain';
import { createMetrics } from '@greencloud/runtime';
import { newTaskId, silent, tenant } from '../log/log-fixtures.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { Db } from '../postgres/database.ts';
import type { AppendRequest } from './append-request.ts';
import { type Appender, type AppenderOptions, createAppender } from './appender.ts';
import { createRecentContent } from './recent-content.ts';
import { createTaskCache } from './task-cache.ts';

export const node: NodeId = parseNodeId('1a061cfd-df01-4b02-a067-5122c5941e15');

/** One replica over the log. `committed` collects what its relay would be given. */
export function replica(
  db: Db,
  partitions: number,
  other: Partial<AppenderOptions> = {},
): Appender & { readonly committed: StoredEvent[] } {
  const committed: StoredEvent[] = [];
  const appender = createAppender({
    partitions,
    lanes: 2,
    db,
    cache: createTaskCache(1_000),
    recent: createRecentContent(1024 * 1024),
    logger: silent,
    metrics: createMetrics('test'),
    retryMs: 10_000,
    maxWaiting: 10_000,
    maxBytes: 64 * 1024 * 1024,
    onCommitted: (_partition, events) => committed.push(...events),
    ...other,
  });
  return { ...appender, committed };
}

export function request(
  taskId: TaskId,
  command: TaskCommand,
  other: Partial<AppendRequest> = {},
): AppendRequest {
  return {
    taskId,
    commandId: randomUUID(),
    command,
    content: undefined,
    idempotency: undefined,
    deadline: Date.now() + 30_000,
    ...other,
  };
}

export const issueTask: TaskCommand = {
  type: 'IssueTask',
  tenantId: tenant,
  lambdaId: parseLambdaId('64058fee9956fae80d7e0e8e'),
  codeVersion: parseCodeVersion('64058fee9956fae80d7e0e8f'),
  timeoutSeconds: 10,
  capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
  payload: null,
};

export function assign(expectedVersion: number): TaskCommand {
  return { type: 'AssignTask', expectedVersion, nodeId: node, sessionEpoch: 1n };
}

export function progress(attempt: number, percent: number): TaskCommand {
  return { type: 'ReportProgress', attempt, nodeId: node, percent };
}

export function finish(attempt: number): TaskCommand {
  const success = { outcome: 'succeeded', status: 200, detail: '', result: null } as const;
  return { type: 'FinishTask', attempt, nodeId: node, ...success };
}

export function release(attempt: number): TaskCommand {
  return { type: 'ReleaseTask', attempt, nodeId: node, reason: 'drained' };
}

export const cancel: TaskCommand = { type: 'CancelTask', tenantId: tenant };

/** Issues a task and assigns it; its attempt 1 is held by `node`, at version 2. */
export async function assignedTask(appender: Appender): Promise<TaskId> {
  const taskId = newTaskId();
  await appender.submit(request(taskId, issueTask));
  await appender.submit(request(taskId, assign(1)));
  return taskId;
}
