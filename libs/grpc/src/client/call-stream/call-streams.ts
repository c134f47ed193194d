import type { Client, Metadata } from '@grpc/grpc-js';
import { CallStream } from './call-stream.ts';

// So many are spread over, and a large answer holds up no other. On one server they share a
// connection.
const STREAMS = 4;
// Each goes to one replica, the next one in turn of those that are connected. So they are renewed, one
// after the other: a replica that has come gets its part of the calls within this time.
const LIFE_MS = 30_000;
// A server that has no streams for calls yet, or none at all, is not asked for one with each call.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

interface Held {
  readonly stream: CallStream;
  readonly until: number;
}

/** A few open streams to the servers of one client; opened and renewed by being asked for. */
export class CallStreams {
  readonly #client: Client;
  readonly #metadata: Metadata;
  readonly #lifeMs: number;
  #held: Held[] = [];
  #next = 0;
  #failures = 0;
  #notBefore = 0;

  constructor(client: Client, metadata: Metadata, lifeMs = LIFE_MS) {
    this.#client = client;
    this.#metadata = metadata;
    this.#lifeMs = lifeMs;
  }

  /** The next one in turn that can take a call now. */
  take(): CallStream | undefined {
    this.#renew();
    for (let tried = 0; tried < this.#held.length; tried += 1) {
      this.#next = (this.#next + 1) % this.#held.length;
      const held = this.#held[this.#next];
      if (held?.stream.canSend === true) return held.stream;
    }
    return undefined;
  }

  close(): void {
    for (const { stream } of this.#held.splice(0)) stream.close();
  }

  #renew(): void {
    const now = performance.now();
    if (now < this.#notBefore) return;
    const old = this.#held.find(({ until }) => until <= now);
    if (old !== undefined) {
      this.#drop(old);
      old.stream.retire();
    }
    while (this.#held.length < STREAMS) this.#open(now);
  }

  #open(now: number): void {
    let was: 'opening' | 'open' = 'opening';
    const stream = new CallStream(this.#client, this.#metadata, {
      open: () => {
        was = 'open';
        this.#failures = 0;
      },
      end: () => {
        this.#drop(held);
        if (was === 'opening') this.#pause();
      },
    });
    // Not all at the same time, or all of them would be opened by the call after it.
    const held = { stream, until: now + this.#lifeMs * (0.5 + Math.random()) };
    this.#held.push(held);
  }

  #drop(held: Held): void {
    this.#held = this.#held.filter((one) => one !== held);
  }

  #pause(): void {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#notBefore = performance.now() + pauseMs;
  }
}
