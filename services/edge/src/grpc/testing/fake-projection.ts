import { DomainError, type TaskEvent } from '@greencloud/domain';
import { contentInfoToProto, outcomeToProto, toProtoRecordedEvent } from '@greencloud/event-log';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import { TaskOutcome, TaskState } from '@greencloud/proto/task/v1/task';
import {
  type GetTaskResult,
  type ListTasksRequest,
  type TaskKey,
  TaskQueryServiceService,
  type TaskView,
} from '@greencloud/proto/task/v1/task_query';
import { stateToProto } from '../task-view.ts';
import type { Calls } from './calls.ts';
import { type FakeLog, type FakeTask, stateOf } from './fake-log.ts';

type Handlers = ImplementationOf<TaskQueryServiceService>;

/** TaskQueryService that folds the fake log on each call. */
export function fakeProjection(log: FakeLog, calls: Calls): GrpcService[] {
  const handlers = { ...readsById(log, calls), ...readsOfMany(log, calls) };
  return [service(TaskQueryServiceService, handlers)];
}

function readsById(
  log: FakeLog,
  calls: Calls,
): Pick<Handlers, 'getTask' | 'batchGetTasks' | 'getTaskHistory' | 'watchTask'> {
  return {
    async getTask({ key }) {
      return { task: viewOf(find(log, key)) };
    },
    async batchGetTasks({ keys }) {
      await calls.enter('batchGetTasks', keys.length);
      return { results: keys.map((key) => resultOf(log, key)) };
    },
    async getTaskHistory({ key }) {
      await calls.enter('getTaskHistory', 1);
      return { events: find(log, key).events.map(toProtoRecordedEvent) };
    },
    async *watchTask({ key, afterVersion }, { signal }) {
      await calls.enter('watchTask', 1);
      const { events } = find(log, key);
      signal.addEventListener('abort', () => void calls.enter('watchTask ended', 1));
      for (let sent = afterVersion; ; ) {
        for (const event of events.slice(sent)) {
          yield { event: toProtoRecordedEvent(event) };
          sent = event.version;
        }
        if (events.at(-1)?.event.type === 'TaskFinished') return;
        await log.next(signal);
        signal.throwIfAborted();
      }
    },
  };
}

function readsOfMany(log: FakeLog, calls: Calls): Pick<Handlers, 'listTasks' | 'countTasks'> {
  return {
    async listTasks(request) {
      await calls.enter('listTasks', 1);
      return pageOf(request, log);
    },
    async countTasks({ tenantId }) {
      await calls.enter('countTasks', 1);
      const states = [...log.tasks.values()]
        .filter((task) => task.tenantId === tenantId)
        .map((task) => stateOf(task).status);
      const count = (state: string) => BigInt(states.filter((one) => one === state).length);
      return {
        pending: count('issued'),
        running: count('assigned') + count('running'),
        issuedToday: BigInt(states.length),
        finished: count('finished'),
      };
    },
  };
}

function find(log: FakeLog, key: TaskKey | undefined): FakeTask {
  const task = key === undefined ? undefined : log.find(key.tenantId, key.taskId);
  if (task === undefined) throw new DomainError('TASK_NOT_FOUND', `No task ${key?.taskId}`);
  return task;
}

function resultOf(log: FakeLog, { tenantId, taskId, minVersion }: TaskKey): GetTaskResult {
  const task = log.find(tenantId, taskId);
  if (task !== undefined) {
    const viewed = Math.max(1, task.events.length - log.lag);
    // What is too old is read from the log.
    const events = viewed < minVersion ? task.events : task.events.slice(0, viewed);
    return { result: { $case: 'task', value: viewOf({ ...task, events }) } };
  }
  const error = { code: 'TASK_NOT_FOUND', message: `No task ${taskId}` };
  return { result: { $case: 'error', value: error } };
}

function pageOf(request: ListTasksRequest, log: FakeLog) {
  const offset = Number(request.pageToken || 0);
  if (!Number.isInteger(offset)) throw new DomainError('INVALID_CURSOR', 'not a cursor of ours');
  const views = [...log.tasks.values()]
    .filter(({ tenantId }) => tenantId === request.tenantId)
    .map(viewOf)
    .filter((view) => isWanted(view, request));
  if (!request.oldestFirst) views.reverse();
  const end = offset + request.pageSize;
  return {
    tasks: views.slice(offset, end),
    nextPageToken: end < views.length ? String(end) : '',
  };
}

function isWanted(view: TaskView, request: ListTasksRequest): boolean {
  const { state, outcome, lambdaId, nodeId, issuedAfter, issuedBefore } = request;
  return (
    (state === TaskState.TASK_STATE_UNSPECIFIED || view.state === state) &&
    (outcome === TaskOutcome.TASK_OUTCOME_UNSPECIFIED || view.outcome === outcome) &&
    (lambdaId === '' || view.lambdaId === lambdaId) &&
    (nodeId === '' || view.nodeId === nodeId) &&
    (issuedAfter === 0n || view.issuedAt > issuedAfter) &&
    (issuedBefore === 0n || view.issuedAt < issuedBefore)
  );
}

function viewOf(task: FakeTask): TaskView {
  const state = stateOf(task);
  if (state.status === 'unknown') throw new Error('a task without events');
  const last = (type: TaskEvent['type']) =>
    task.events.findLast(({ event }) => event.type === type);
  const at = (type: TaskEvent['type']) => BigInt(last(type)?.recordedAt ?? 0);
  const finish = last('TaskFinished')?.event as Extract<TaskEvent, { type: 'TaskFinished' }>;
  return {
    taskId: task.taskId,
    tenantId: task.tenantId,
    lambdaId: state.lambdaId,
    codeVersion: state.codeVersion,
    issuedAt: at('TaskIssued'),
    assignedAt: at('TaskAssigned'),
    finishedAt: at('TaskFinished'),
    progress: state.status === 'running' ? state.percent : 0,
    nodeId: nodeOf(task),
    timeoutSeconds: state.timeoutSeconds,
    capabilities: { ...state.capabilities },
    state: stateToProto(state.status),
    outcome:
      finish === undefined ? TaskOutcome.TASK_OUTCOME_UNSPECIFIED : outcomeToProto(finish.outcome),
    status: finish?.status ?? 0,
    attempt: state.attempt,
    version: state.version,
    detail: finish?.detail ?? '',
    ...(finish?.result ? { result: contentInfoToProto(finish.result) } : {}),
  };
}

function nodeOf(task: FakeTask): string {
  const assigned = task.events.findLast(({ event }) => event.type === 'TaskAssigned')?.event;
  return assigned?.type === 'TaskAssigned' ? assigned.nodeId : '';
}
