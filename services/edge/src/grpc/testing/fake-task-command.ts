import {
  DomainError,
  parseCodeVersion,
  parseLambdaId,
  parseTaskId,
  parseTenantId,
} from '@greencloud/domain';
import { type GrpcService, service } from '@greencloud/grpc';
import { EventLogServiceService, type ResultEntry } from '@greencloud/proto/eventlog/v1/event_log';
import {
  type AppendResult,
  type CancelTask,
  type IssueTask,
  type IssueTaskResult,
  TaskCommandServiceService,
} from '@greencloud/proto/task/v1/task_command';
import type { Calls } from './calls.ts';
import type { FakeLog, FakeTask } from './fake-log.ts';

const noDemands = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };

/** TaskCommandService and EventLogService over a fake log, with idempotency keys. */
export function fakeTaskCommand(log: FakeLog, calls: Calls): GrpcService[] {
  const keys: Keys = new Map();
  const commands = service(TaskCommandServiceService, {
    async issueTasks({ tasks }) {
      await calls.enter('issueTasks', tasks.length);
      return { results: tasks.map((task) => issue(task, log, keys)) };
    },
    async cancelTasks({ tasks }) {
      await calls.enter('cancelTasks', tasks.length);
      return { results: tasks.map((task) => cancel(task, log)) };
    },
    assignTasks: notHere,
    reportTasks: notHere,
  });
  const reads = service(EventLogServiceService, {
    async batchGetResults({ keys: wanted }) {
      await calls.enter('batchGetResults', wanted.length);
      return { results: wanted.map(({ tenantId, taskId }) => entryOf(log.find(tenantId, taskId))) };
    },
    getLog: notHere,
    readTasks: notHere,
    getPayload: notHere,
    readPartition: notHereEither,
    listOpenTasks: notHereEither,
  });
  return [commands, reads];
}

type Keys = Map<string, { taskId: string; hash: string }>;

function issue(task: IssueTask, log: FakeLog, keys: Keys): IssueTaskResult {
  const { tenantId, taskId, idempotencyKey } = task;
  const name = `${tenantId}/${idempotencyKey}`;
  const hash = task.requestHash.toString('hex');
  const known = idempotencyKey === '' ? undefined : keys.get(name);
  if (known === undefined && task.replayOnly === true) {
    return { result: { $case: 'error', value: { code: 'TASK_NOT_FOUND', message: 'no' } } };
  }
  if (known === undefined) {
    if (idempotencyKey !== '') keys.set(name, { taskId, hash });
    log.append(parseTenantId(tenantId), parseTaskId(taskId), commandOf(task), task.payload);
    return { result: { $case: 'issued', value: { taskId, version: 1, replayed: false } } };
  }
  if (known.hash !== hash) {
    return {
      result: { $case: 'error', value: { code: 'IDEMPOTENCY_KEY_REUSED', message: 'used' } },
    };
  }
  return {
    result: { $case: 'issued', value: { taskId: known.taskId, version: 1, replayed: true } },
  };
}

function cancel({ tenantId, taskId }: CancelTask, log: FakeLog): AppendResult {
  const tenant = parseTenantId(tenantId);
  try {
    const command = { type: 'CancelTask' as const, tenantId: tenant };
    const version = log.append(tenant, parseTaskId(taskId), command);
    return { result: { $case: 'appended', value: { version } } };
  } catch (error) {
    const { code, message } = error as DomainError;
    return { result: { $case: 'error', value: { code, message } } };
  }
}

function entryOf(task: FakeTask | undefined): ResultEntry {
  if (task?.result === undefined) return {};
  return { content: { ...task.result, body: Buffer.from(task.result.body) } };
}

function commandOf(task: IssueTask) {
  return {
    type: 'IssueTask' as const,
    tenantId: parseTenantId(task.tenantId),
    lambdaId: parseLambdaId(task.lambdaId),
    codeVersion: parseCodeVersion(task.codeVersion),
    timeoutSeconds: task.timeoutSeconds,
    capabilities: task.capabilities ?? noDemands,
    payload:
      task.payload === undefined
        ? null
        : { size: task.payload.body.length, contentType: task.payload.contentType, hash: '00' },
  };
}

function notHere(): Promise<never> {
  return Promise.reject(new DomainError('INTERNAL', 'the edge must not call this'));
}

async function* notHereEither(): AsyncGenerator<never> {
  yield await notHere();
}
