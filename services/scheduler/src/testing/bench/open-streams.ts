import type { LogReader, OpenTasks, RecordedEvent } from '@greencloud/event-log';
import { createSignal } from '@greencloud/runtime';

/** The log's answer to ListOpenTasks, as its parts come in. */
export class OpenStreams {
  readonly #parts: (readonly RecordedEvent[][])[] = [];
  readonly #come = createSignal();

  add(part: readonly RecordedEvent[][]): void {
    this.#parts.push(part);
    this.#come.notify();
  }

  /** One answer of so many streams, whatever partitions they are of. */
  asLog(count: number): Pick<LogReader, 'getLog' | 'listOpenTasks'> {
    return {
      getLog: async () => ({ partitions: 1, heads: [0n] }),
      listOpenTasks: (_, signal) => this.#take(count, signal),
    };
  }

  async *#take(count: number, signal = new AbortController().signal): AsyncGenerator<OpenTasks> {
    for (let taken = 0; taken < count; ) {
      const streams = this.#parts.shift();
      if (streams === undefined) await this.#come.wait(signal, 1_000);
      else {
        taken += streams.length;
        yield { asOf: 0n, streams };
      }
    }
  }
}
