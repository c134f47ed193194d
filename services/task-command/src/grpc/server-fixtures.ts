import { createGrpcClient, type GrpcClient, startGrpcServer } from '@greencloud/grpc';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import type { ReportFinish } from '@greencloud/proto/task/v1/task';
import {
  type AssignTask,
  type IssueTask,
  TaskCommandServiceClient,
  type TaskCommandServiceService,
  type TaskReport,
} from '@greencloud/proto/task/v1/task_command';
import { createHealth } from '@greencloud/runtime';
import { randomUUID } from 'node:crypto';
import { node, replica } from '../append/append-fixtures.ts';
import { createRecentContent } from '../append/recent-content.ts';
import { connect, newTaskId, silent, tenant } from '../log/log-fixtures.ts';
import { unavailableWhenLogIsAway } from '../postgres/outage.ts';
import { eventLogService } from './event-log-service.ts';
import { taskCommandService } from './task-command-service.ts';

export interface TestReplica extends AsyncDisposable {
  readonly address: string;
  readonly commands: GrpcClient<TaskCommandServiceService>;
  readonly log: LogReader;
}

const maxMessageBytes = 64 * 1024 * 1024;

/** A replica of the service behind a real gRPC server, without its relay. */
export async function serve(url: string, partitions: number): Promise<TestReplica> {
  const db = connect(url, 10);
  const recent = createRecentContent(1024 * 1024);
  const appender = replica(db, partitions, { recent });
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [
      taskCommandService({ appender, recent, readers: db, partitions, logger: silent }),
      eventLogService({ recent, readers: db, snapshots: db, partitions }),
    ],
    logger: silent,
    health: createHealth(),
    maxMessageBytes,
    mapError: unavailableWhenLogIsAway,
  });
  const { address } = server;
  const commands = createGrpcClient(TaskCommandServiceClient, address, { maxMessageBytes });
  const log = createLogReader(address);
  return {
    address,
    commands,
    log,
    [Symbol.asyncDispose]: async () => {
      commands.close();
      log.close();
      await server.close();
      await db.destroy();
    },
  };
}

export function issueItem(other: Partial<IssueTask> = {}): IssueTask {
  return {
    taskId: newTaskId(),
    commandId: randomUUID(),
    tenantId: tenant,
    lambdaId: '64058fee9956fae80d7e0e8e',
    codeVersion: '64058fee9956fae80d7e0e8f',
    timeoutSeconds: 10,
    capabilities: { cpuCount: 1, memSize: 64, networkLatency: 0, privileged: false },
    idempotencyKey: '',
    requestHash: Buffer.alloc(0),
    ...other,
  };
}

export function assignItem(taskId: string, other: Partial<AssignTask> = {}): AssignTask {
  return {
    taskId,
    commandId: randomUUID(),
    expectedVersion: 1,
    nodeId: node,
    sessionEpoch: 7n,
    ...other,
  };
}

export function reportItem(
  taskId: string,
  report: TaskReport['report'],
  other: Partial<TaskReport> = {},
): TaskReport {
  return {
    taskId,
    commandId: randomUUID(),
    attempt: 1,
    nodeId: node,
    sessionEpoch: 7n,
    report,
    ...other,
  };
}

/** A success, or what is given in its place. */
export function finished(other: Partial<ReportFinish> = {}): TaskReport['report'] {
  return { $case: 'finish', value: { outcome: 1, status: 200, detail: '', ...other } };
}
