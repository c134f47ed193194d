import { hash } from 'node:crypto';
import { parseNodeId, parseTaskId, type TaskOutcome } from '@greencloud/domain';
import { type GrpcServer, type GrpcService, startGrpcServer } from '@greencloud/grpc';
import { createHealth, createLogger } from '@greencloud/runtime';
import type { BackendAddresses } from '../backends.ts';
import { type Calls, createCalls } from './calls.ts';
import { createFakeLog, type FakeLog, type FakeTask } from './fake-log.ts';
import { type FakeLease, fakeLambdaCatalog } from './fake-lambda-catalog.ts';
import { fakeProjection } from './fake-projection.ts';
import { fakeScheduler } from './fake-scheduler.ts';
import { fakeTaskCommand } from './fake-task-command.ts';

export type BackendName = keyof BackendAddresses;

/** The four services as real gRPC servers in this process, and a hand to play the node with. */
export interface FakeBackends {
  readonly addresses: BackendAddresses;
  readonly calls: Calls;
  readonly log: FakeLog;
  /** Of lambdas; 0 at the beginning. */
  readonly lease: FakeLease;
  assign(taskId: string): void;
  progress(taskId: string, percent: number): void;
  /** Assigns first where needed. */
  finish(taskId: string, end?: FakeEnd): void;
  stop(name: BackendName): Promise<void>;
  close(): Promise<void>;
}

export interface FakeEnd {
  readonly outcome?: TaskOutcome;
  readonly status?: number;
  readonly detail?: string;
  readonly contentType?: string;
  readonly body?: Uint8Array;
}

export const fakeNode = parseNodeId('1a061cfd-df01-4b02-a067-5122c5941e15');

export async function startFakeBackends(): Promise<FakeBackends> {
  const log = createFakeLog();
  const calls = createCalls();
  const lease: FakeLease = { freshForMs: 0 };
  const servers = {
    taskCommand: await serve(fakeTaskCommand(log, calls)),
    projection: await serve(fakeProjection(log, calls)),
    scheduler: await serve(fakeScheduler()),
    lambdaCatalog: await serve(fakeLambdaCatalog(calls, lease)),
  } satisfies Record<BackendName, GrpcServer>;
  return {
    addresses: {
      taskCommand: servers.taskCommand.address,
      projection: servers.projection.address,
      scheduler: servers.scheduler.address,
      lambdaCatalog: servers.lambdaCatalog.address,
    },
    calls,
    log,
    lease,
    ...nodeHand(log),
    stop: (name) => servers[name].close(),
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

function serve(services: GrpcService[]): Promise<GrpcServer> {
  const health = createHealth();
  health.set('ready');
  const logger = createLogger({ service: 'fake', level: 'silent' });
  return startGrpcServer({ address: '127.0.0.1:0', services, logger, health });
}

function nodeHand(log: FakeLog): Pick<FakeBackends, 'assign' | 'progress' | 'finish'> {
  const taskOf = (taskId: string): FakeTask => {
    const task = log.tasks.get(taskId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return task;
  };
  const held = { attempt: 1, nodeId: fakeNode };
  const assign = (taskId: string) => {
    const { tenantId, events } = taskOf(taskId);
    const command = { expectedVersion: events.length, nodeId: fakeNode, sessionEpoch: 1n };
    log.append(tenantId, parseTaskId(taskId), { type: 'AssignTask', ...command });
  };
  return {
    assign,
    progress(taskId, percent) {
      const command = { type: 'ReportProgress' as const, ...held, percent };
      log.append(taskOf(taskId).tenantId, parseTaskId(taskId), command);
    },
    finish(taskId, { outcome = 'succeeded', status = 200, detail = '', ...content } = {}) {
      const task = taskOf(taskId);
      if (task.events.length === 1) assign(taskId);
      const { body, contentType = 'text/plain' } = content;
      if (body !== undefined) task.result = { contentType, body };
      const result = body === undefined ? null : infoOf(body, contentType);
      const command = { type: 'FinishTask' as const, ...held, outcome, status, detail, result };
      log.append(task.tenantId, parseTaskId(taskId), command);
    },
  };
}

function infoOf(body: Uint8Array, contentType: string) {
  return { size: body.length, contentType, hash: hash('sha256', body) };
}
