import type { LiveEvents } from '@greencloud/bus';
import type { TaskId } from '@greencloud/domain';
import { decodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';

export interface TaskListener {
  /** Events may repeat or go missing; versions tell. */
  onEvent(event: RecordedEvent): void;
  /** Events may have been missed: read the task's history. */
  onGap(): void;
}

export interface Listening {
  /** Resolves when events come: what is read from the log after that joins without a gap. */
  readonly live: Promise<void>;
  readonly stop: () => void;
}

/** Live events of single tasks. */
export interface TaskFeed {
  listen(partition: number, taskId: TaskId, listener: TaskListener): Listening;
}

/**
 * One subscription to a partition for all who listen to a task in it, from the first to the last of
 * them; a message is decoded once. Not from what this process follows: that is the partitions that
 * it leads, and a task of any partition is watched here.
 */
export function createTaskFeed(bus: Pick<LiveEvents, 'watch'>): TaskFeed {
  const partitions = new Map<number, PartitionFeed>();
  return {
    listen(partition, taskId, listener) {
      const feed = partitions.get(partition) ?? new PartitionFeed(bus, partition);
      partitions.set(partition, feed);
      feed.add(taskId, listener);
      return {
        live: feed.live,
        stop() {
          if (feed.remove(taskId, listener) === 'others remain') return;
          feed.end();
          if (partitions.get(partition) === feed) partitions.delete(partition);
        },
      };
    },
  };
}

class PartitionFeed {
  readonly #listeners = new Map<TaskId, Set<TaskListener>>();
  readonly #ending = new AbortController();
  #subscribed = Promise.withResolvers<void>();

  constructor(bus: Pick<LiveEvents, 'watch'>, partition: number) {
    const watching = bus.watch(partition, {
      signal: this.#ending.signal,
      onMessage: (bytes) => this.#take(bytes),
      onBreak: (reason) => this.#break(reason),
    });
    // Without NATS a listener lives by its looks into the log.
    watching.catch(() => undefined);
  }

  get live(): Promise<void> {
    return this.#subscribed.promise;
  }

  add(taskId: TaskId, listener: TaskListener): void {
    const listeners = this.#listeners.get(taskId) ?? new Set();
    this.#listeners.set(taskId, listeners.add(listener));
  }

  remove(taskId: TaskId, listener: TaskListener): 'others remain' | 'was the last' {
    const listeners = this.#listeners.get(taskId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(taskId);
    return this.#listeners.size === 0 ? 'was the last' : 'others remain';
  }

  end(): void {
    this.#ending.abort();
  }

  #take(bytes: Uint8Array): void {
    const events = decoded(bytes);
    if (events === undefined) return this.#tellGap();
    for (const event of events) {
      for (const listener of this.#listeners.get(event.taskId) ?? []) listener.onEvent(event);
    }
  }

  /** What came while nobody listened is missed by all who were here before. */
  #break(reason: string): void {
    if (reason !== 'subscribed') {
      this.#subscribed = Promise.withResolvers();
      return;
    }
    this.#subscribed.resolve();
    this.#tellGap();
  }

  #tellGap(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) listener.onGap();
    }
  }
}

function decoded(bytes: Uint8Array): RecordedEvent[] | undefined {
  try {
    return decodeEventBatch(bytes);
  } catch {
    return undefined;
  }
}
