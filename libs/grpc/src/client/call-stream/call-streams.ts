import type { Client, Metadata } from '@grpc/grpc-js';
import { CallStream } from './call-stream.ts';

// Each goes to one replica, the next one in turn: so many are spread over, and a large answer holds
// up no other. On one server they share a connection.
const STREAMS = 4;
// A server that has no streams for calls yet, or none at all, is not asked for one with each call.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** A few open streams to the servers of one client; opened by being asked for. */
export class CallStreams {
  readonly #client: Client;
  readonly #metadata: Metadata;
  readonly #streams: CallStream[] = [];
  #next = 0;
  #failures = 0;
  #notBefore = 0;

  constructor(client: Client, metadata: Metadata) {
    this.#client = client;
    this.#metadata = metadata;
  }

  /** The next one in turn that can take a call now. */
  take(): CallStream | undefined {
    if (this.#streams.length < STREAMS && performance.now() >= this.#notBefore) this.#open();
    for (let tried = 0; tried < this.#streams.length; tried += 1) {
      this.#next = (this.#next + 1) % this.#streams.length;
      const stream = this.#streams[this.#next];
      if (stream?.canSend === true) return stream;
    }
    return undefined;
  }

  close(): void {
    for (const stream of this.#streams.splice(0)) stream.close();
  }

  #open(): void {
    let was: 'opening' | 'open' = 'opening';
    const stream: CallStream = new CallStream(this.#client, this.#metadata, {
      open: () => {
        was = 'open';
        this.#failures = 0;
      },
      end: () => {
        this.#streams.splice(this.#streams.indexOf(stream), 1);
        if (was === 'opening') this.#pause();
      },
    });
    this.#streams.push(stream);
  }

  #pause(): void {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#notBefore = performance.now() + pauseMs;
  }
}
