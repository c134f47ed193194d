import type { ContentInfo } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { TextResult } from '../../../tasks/text-result.ts';
import type { TaskView } from '../../../tasks/task-view.ts';
import { unixSeconds } from '../unix-time.ts';
import type { TaskEventJson } from './task-event-schemas.ts';

/** Members in the contract's order. */
export function taskJson(task: TaskView, result: TextResult | undefined): object {
  return {
    id: task.taskId,
    lambdaId: task.lambdaId,
    issued: unixSeconds(task.issuedAt),
    assigned: unixSeconds(task.assignedAt),
    finished: unixSeconds(task.finishedAt),
    progress: task.progress,
    node: task.nodeId,
    timeout: task.timeoutSeconds,
    capabilities: task.capabilities,
    state: task.state,
    outcome: task.outcome ?? '',
    status: task.status,
    attempt: task.attempt,
    version: task.version,
    ...(result === undefined ? {} : { result }),
  };
}

export function taskListJson(task: TaskView): object {
  return {
    id: task.taskId,
    lambdaId: task.lambdaId,
    issued: unixSeconds(task.issuedAt),
    progress: task.progress,
    status: task.status,
    state: task.state,
  };
}

/** One event as the history and the watch tell it; nothing of partitions and sessions goes out. */
export function eventJson({ version, recordedAt, event }: RecordedEvent): TaskEventJson {
  const head = { version, at: unixSeconds(recordedAt), atMs: recordedAt };
  switch (event.type) {
    case 'TaskIssued': {
      const { type, lambdaId, codeVersion, timeoutSeconds: timeout, capabilities } = event;
      const payload = contentJson(event.payload);
      return { ...head, type, lambdaId, codeVersion, timeout, capabilities, payload };
    }
    case 'TaskAssigned': {
      const { type, attempt, nodeId: node } = event;
      return { ...head, type, attempt, node };
    }
    case 'TaskProgressed': {
      const { type, attempt, percent: progress } = event;
      return { ...head, type, attempt, progress };
    }
    case 'TaskReleased': {
      const { type, attempt, reason } = event;
      return { ...head, type, attempt, reason };
    }
    case 'TaskFinished': {
      const { type, attempt, outcome, status, detail } = event;
      return { ...head, type, attempt, outcome, status, detail, result: contentJson(event.result) };
    }
    case 'Unreadable':
      return { ...head, type: event.type };
    default:
      return event satisfies never;
  }
}

function contentJson(info: ContentInfo | null) {
  return info === null ? null : { size: info.size, contentType: info.contentType };
}
