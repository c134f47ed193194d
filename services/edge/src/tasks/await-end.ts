import { DomainError } from '@greencloud/domain';
import type { TaskKey, TaskQueries } from './task-services.ts';
import { endOf, type TaskEnd, type TaskView } from './task-view.ts';

interface AwaitOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The task's end the moment it comes; undefined when it does not within the time. */
export async function awaitEnd(
  key: TaskKey,
  task: TaskView,
  queries: TaskQueries,
  { seconds, signal }: AwaitOptions,
): Promise<TaskEnd | undefined> {
  const known = endOf(task);
  if (known !== undefined) return known;
  signal.throwIfAborted();
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, seconds * 1_000);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await firstEnd(key, task.version, queries, limit.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

async function firstEnd(
  key: TaskKey,
  afterVersion: number,
  queries: TaskQueries,
  signal: AbortSignal,
): Promise<TaskEnd> {
  for await (const { event, version } of queries.watch(key, afterVersion, signal)) {
    if (event.type !== 'TaskFinished') continue;
    const { outcome, status, detail, result } = event;
    return { version, outcome, status, detail, result: result ?? undefined };
  }
  throw new DomainError('UNAVAILABLE', 'the watch ended before the task');
}
