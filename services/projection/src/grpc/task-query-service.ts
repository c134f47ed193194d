import { DomainError, parseTenantId } from '@greencloud/domain';
import type { LiveEvents } from '@greencloud/bus';
import { createTaskFeed, toProtoRecordedEvent } from '@greencloud/event-log';
import {
  type CallContext,
  type GrpcService,
  type ImplementationOf,
  service,
} from '@greencloud/grpc';
import {
  type GetTaskResult,
  type TaskKey as ProtoTaskKey,
  TaskQueryServiceService,
  type WatchTaskRequest,
  type WatchTaskResponse,
} from '@greencloud/proto/task/v1/task_query';
import type { Db } from '../postgres/database.ts';
import { isSchemaMissing } from '../postgres/sql-states.ts';
import { readCounts } from '../query/count-tasks.ts';
import { getTasks, type ReadPorts } from '../query/get-tasks.ts';
import { listTasks } from '../query/list-tasks.ts';
import type { TaskKey } from '../query/task-key.ts';
import { taskHistory } from '../query/task-history.ts';
import { watchTask, type WatchPorts } from '../query/watch-task.ts';
import type { TaskRow } from '../view/task-row.ts';
import { queryCallers } from './callers.ts';
import { toListFilter, toPageSize, toTaskKey, toUnixMs } from './from-proto.ts';
import { toTaskView } from './to-proto.ts';
import type { WatchLimit } from './watch-limit.ts';

export interface QueryPorts extends ReadPorts, Omit<WatchPorts, 'feed'> {
  readonly bus: Pick<LiveEvents, 'watch' | 'status'>;
  /** For lists and counts. */
  readonly db: Db;
  readonly watches: WatchLimit;
}

const maxKeys = 1_000;

/** Every answer is within one tenant: a foreign id is an unknown id. */
export function taskQueryService(ports: QueryPorts): GrpcService {
  const watchPorts = { ...ports, feed: createTaskFeed(ports.bus) };
  const handlers: ImplementationOf<TaskQueryServiceService> = {
    async getTask({ key }, call) {
      const [found] = await getTasks(ports, [toTaskKey(key)], call);
      if (found === undefined || found instanceof DomainError)
        throw found ?? new Error('no answer');
      return { task: toTaskView(found) };
    },
    async batchGetTasks({ keys }, call) {
      return { results: await batchResults(ports, keys, call) };
    },
    async listTasks(request) {
      const page = { size: toPageSize(request.pageSize), cursor: request.pageToken };
      const filter = toListFilter(request);
      const { tasks, nextCursor } = await needingViews(listTasks(ports.db, filter, page));
      return { tasks: tasks.map(toTaskView), nextPageToken: nextCursor };
    },
    async getTaskHistory({ key }, call) {
      const events = await taskHistory(ports.reader, toTaskKey(key), call);
      return { events: events.map(toProtoRecordedEvent) };
    },
    watchTask: (request, call) => watchResponses(watchPorts, request, call),
    async countTasks({ tenantId, todaySince }) {
      const since = toUnixMs(todaySince, 'today_since');
      const counts = await needingViews(readCounts(ports.db, parseTenantId(tenantId), since));
      const { pending, running, finished, issuedToday } = counts;
      return { pending, running, finished, issuedToday };
    },
  };
  return service(TaskQueryServiceService, handlers, queryCallers);
}

/** A key that is none fails alone, not the batch. */
async function batchResults(
  ports: QueryPorts,
  keys: readonly ProtoTaskKey[],
  call: CallContext,
): Promise<GetTaskResult[]> {
  if (keys.length > maxKeys) {
    throw new DomainError('INVALID_PARAMETER', `At most ${maxKeys} keys in one call`);
  }
  const parsed = keys.map(parsedKey);
  const good = parsed.filter((key): key is TaskKey => !(key instanceof DomainError));
  const found = (await getTasks(ports, good, call)).values();
  return parsed.map((key) => resultOf(key instanceof DomainError ? key : next(found)));
}

function parsedKey(key: ProtoTaskKey) {
  try {
    return toTaskKey(key);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function next<T>(values: Iterator<T, unknown>): T {
  const step = values.next();
  if (step.done === true) throw new Error('fewer answers than keys');
  return step.value;
}

function resultOf(found: TaskRow | DomainError): GetTaskResult {
  if (!(found instanceof DomainError)) {
    return { result: { $case: 'task', value: toTaskView(found) } };
  }
  const { code, message } = found;
  return { result: { $case: 'error', value: { code, message } } };
}

/** Lists and counts have no other source than the views. */
async function needingViews<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isSchemaMissing(error)) throw error;
    throw new DomainError('UNAVAILABLE', 'The task views are being rebuilt');
  }
}

async function* watchResponses(
  ports: WatchPorts & Pick<QueryPorts, 'watches'>,
  { key, afterVersion }: WatchTaskRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchTaskResponse> {
  using _place = ports.watches.enter();
  for await (const event of watchTask(ports, { key: toTaskKey(key), afterVersion, signal })) {
    yield { event: toProtoRecordedEvent(event) };
  }
}
