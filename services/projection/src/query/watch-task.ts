import type { LiveEvents } from '@greencloud/bus';
import { partitionOf } from '@greencloud/domain';
import type { LogReader, RecordedEvent, TaskFeed, TaskListener } from '@greencloud/event-log';
import { createSignal, sleep } from '@greencloud/runtime';
import { taskHistory } from './task-history.ts';
import type { TaskKey } from './task-key.ts';
import { createVersionJoin } from './version-join.ts';

export interface WatchPorts {
  readonly reader: Pick<LogReader, 'readTasks'>;
  readonly partitionCount: (signal?: AbortSignal) => Promise<number>;
  readonly bus: Pick<LiveEvents, 'status'>;
  readonly feed: TaskFeed;
}

export interface WatchOptions {
  readonly key: Omit<TaskKey, 'minVersion'>;
  readonly afterVersion: number;
  readonly signal: AbortSignal;
}

// A live event that was lost has nothing behind it that would show the gap, so the log is looked
// at now and then; often while NATS is away.
const lookMs = { connected: 10_000, disconnected: 1_000 } as const;
const subscribeMs = 1_000;

/**
 * The task's events after a version: the history, then live, to its finish or the abort. The
 * subscription stands before the history is read, so nothing falls between. Throws TASK_NOT_FOUND.
 */
export async function* watchTask(
  ports: WatchPorts,
  { key, afterVersion, signal }: WatchOptions,
): AsyncGenerator<RecordedEvent> {
  const join = createVersionJoin(afterVersion);
  const wake = createSignal();
  let need: 'history' | 'nothing' = 'history';
  const askForHistory = () => {
    need = 'history';
    wake.notify();
  };
  const stop = await listen(ports, key, signal, {
    onGap: askForHistory,
    onEvent(event) {
      if (join.live(event) === 'gap') askForHistory();
      else wake.notify();
    },
  });
  try {
    while (!signal.aborted) {
      if (need === 'history') {
        need = 'nothing';
        join.history(await taskHistory(ports.reader, key, { signal }));
      }
      yield* join.take();
      if (join.state === 'finished') return;
      const woken = await wake.wait(signal, lookMs[ports.bus.status()]);
      if (woken === 'timed-out') need = 'history';
    }
  } finally {
    stop();
  }
}

/** Without NATS the watch begins all the same, and lives by its looks at the log. */
async function listen(
  { feed, partitionCount }: WatchPorts,
  { taskId }: WatchOptions['key'],
  signal: AbortSignal,
  listener: TaskListener,
): Promise<() => void> {
  const partition = partitionOf(taskId, await partitionCount(signal));
  const { live, stop } = feed.listen(partition, taskId, listener);
  const waited = new AbortController();
  await Promise.race([live, sleep(subscribeMs, AbortSignal.any([signal, waited.signal]))]);
  waited.abort();
  return stop;
}
