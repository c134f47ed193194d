import { DomainError } from '@greencloud/domain';
import { fromProtoRecordedEvent, outcomeToProto, type RecordedEvent } from '@greencloud/event-log';
import { TaskOutcome as ProtoOutcome } from '@greencloud/proto/task/v1/task';
import type {
  GetTaskResult,
  ListTasksRequest,
  WatchTaskResponse,
} from '@greencloud/proto/task/v1/task_query';
import type { Page, TaskFilter, TaskKey, TaskQueries } from '../tasks/task-services.ts';
import type { TaskView } from '../tasks/task-view.ts';
import type { TaskQueryClient } from './backends.ts';
import { type Coalescing, readLanes } from './coalescing.ts';
import { itemErrorOf, missingResult } from './item-error.ts';
import { stateToProto, taskViewOf } from './task-view.ts';
import type { VersionsSeen } from './versions-seen.ts';

interface WantedTask extends TaskKey {
  readonly atLeast: number;
}

const maxKeys = 500;
const maxWaiting = 8_192;

/** Reads by id are coalesced and never cached: an answer is as fresh as the view, or fresher. */
export function batchTaskQueries(
  client: TaskQueryClient,
  coalesce: Coalescing,
  versions: VersionsSeen,
): TaskQueries {
  const keyOf = ({ tenantId, taskId }: TaskKey) => {
    return { tenantId, taskId, minVersion: versions.of(taskId) };
  };
  const wantedOf = ({ atLeast, ...key }: WantedTask) => {
    return { ...key, minVersion: Math.max(atLeast, versions.of(key.taskId)) };
  };
  // A replica may show what the views of the next one do not have yet.
  const noted = (result: GetTaskResult) => {
    const view = viewOf(result);
    if (!(view instanceof Error)) versions.note(view.taskId, view.version);
    return view;
  };
  const reads = coalesce<WantedTask, TaskView>('batchGetTasks', {
    maxItems: maxKeys,
    maxWaiting,
    ...readLanes,
    async run(keys) {
      const { results } = await client.unary('batchGetTasks', { keys: keys.map(wantedOf) });
      return results.map(noted);
    },
  });
  return {
    get: ({ tenantId, taskId }, atLeast = 0) => reads.submit({ tenantId, taskId, atLeast }),
    async list(tenantId, filter, page, signal) {
      const request = listRequestOf(tenantId, filter, page);
      const { tasks, nextPageToken } = await client.unary('listTasks', request, { signal });
      return { tasks: tasks.map(taskViewOf), next: nextPageToken };
    },
    async history(key, signal) {
      const { events } = await client.unary('getTaskHistory', { key: keyOf(key) }, { signal });
      return events.map(fromProtoRecordedEvent);
    },
    watch(key, afterVersion, signal) {
      const request = { key: keyOf(key), afterVersion };
      return eventsOf(client.serverStream('watchTask', request, { signal }), versions);
    },
    async count(tenantId, todaySince, signal) {
      const request = { tenantId, todaySince: BigInt(todaySince) };
      const counts = await client.unary('countTasks', request, { signal });
      return {
        pending: Number(counts.pending),
        running: Number(counts.running),
        issuedToday: Number(counts.issuedToday),
        finished: Number(counts.finished),
      };
    },
  };
}

function viewOf({ result }: GetTaskResult): TaskView | Error {
  if (result === undefined) return missingResult();
  return result.$case === 'error' ? itemErrorOf(result.value) : taskViewOf(result.value);
}

function listRequestOf(tenantId: string, filter: TaskFilter, page: Page): ListTasksRequest {
  const { state, outcome, lambdaId, nodeId, issuedAfter, issuedBefore, order } = filter;
  return {
    tenantId,
    pageSize: page.limit,
    pageToken: page.cursor,
    state: stateToProto(state),
    outcome:
      outcome === undefined ? ProtoOutcome.TASK_OUTCOME_UNSPECIFIED : outcomeToProto(outcome),
    lambdaId: lambdaId ?? '',
    nodeId: nodeId ?? '',
    issuedAfter: BigInt(issuedAfter),
    issuedBefore: BigInt(issuedBefore),
    oldestFirst: order === 'oldest first',
  };
}

async function* eventsOf(
  answers: AsyncIterable<WatchTaskResponse>,
  versions: VersionsSeen,
): AsyncGenerator<RecordedEvent> {
  for await (const { event } of answers) {
    if (event === undefined) throw new DomainError('INTERNAL', 'an answer holds no event');
    versions.note(event.taskId, event.version);
    yield fromProtoRecordedEvent(event);
  }
}
