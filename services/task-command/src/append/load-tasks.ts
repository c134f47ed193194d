import { DomainError, fold, initialState, type TaskEvent, type TaskId } from '@greencloud/domain';
import { decodeTaskEvent, EventCodecError } from '@greencloud/event-log';
import { readStreams, type StreamKey } from '../log/read-streams.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { Db } from '../postgres/database.ts';
import type { PayloadKept } from './append-request.ts';
import type { CachedTask } from './task-cache.ts';

/** A task as the log has it, with every command that made it so. */
export interface LoadedTask extends CachedTask {
  readonly kind: 'readable';
  readonly appended: ReadonlyMap<string, { readonly version: number; readonly event: TaskEvent }>;
}

/** No command of this task can be decided here; those of others go on. */
export interface UnreadableTask {
  readonly kind: 'unreadable';
  readonly error: DomainError;
}

export type TaskInLog = LoadedTask | UnreadableTask;

/** One query for all; a task that the log does not know is there too, in its initial state. */
export async function loadTasks(
  db: Db,
  keys: readonly StreamKey[],
): Promise<Map<TaskId, TaskInLog>> {
  const streams = await readStreams(db, keys);
  return new Map(keys.map(({ taskId }) => [taskId, taskOf(streams.get(taskId) ?? [])]));
}

function taskOf(stream: readonly StoredEvent[]): TaskInLog {
  try {
    return readable(stream);
  } catch (error) {
    return { kind: 'unreadable', error: unreadable(error) };
  }
}

function unreadable(cause: unknown): DomainError {
  if (cause instanceof EventCodecError && cause.reason !== 'malformed') {
    return new DomainError('UNAVAILABLE', 'A newer release has written to this task');
  }
  return new DomainError('INTERNAL', `The task cannot be read: ${String(cause)}`);
}

function readable(stream: readonly StoredEvent[]): LoadedTask {
  const events = stream.map(({ data }) => decodeTaskEvent(data));
  const appended = stream.map(({ commandId, version }, index) => {
    return [commandId, { version, event: events[index] as TaskEvent }] as const;
  });
  return {
    kind: 'readable',
    state: events.length === 0 ? initialState : fold(events),
    payload: payloadOf(events[0]),
    appended: new Map(appended),
  };
}

export function payloadOf(first: TaskEvent | undefined): PayloadKept {
  return first?.type === 'TaskIssued' && first.payload !== null ? 'kept' : 'none';
}
