import type { DomainError } from '@greencloud/domain';
import type { LogContent } from '@greencloud/event-log';
import type { World } from '../world.ts';
import type { Assignment, Attempt, ToNode } from './messages.ts';

// Below the 4 MiB that a message may have, with room for one more payload of 256 KiB.
const mostPayloadBytes = 2 * 1024 * 1024;

// A task has three reports, settled one after the other: with a word for each, half of all that
// 5,000 busy nodes are told were acknowledgements.
const ackWithinMs = 20;

type Ended = { readonly reason: DomainError | 'done' };

/**
 * What a node is to be told. Gathers for a moment, so that one message carries all of it, and as
 * long as the node does not read: assignments are bounded by its slots, stops only by `stops`, which
 * its session looks at.
 */
export class Outbox {
  readonly #world: World;
  #first: ToNode[] = [];
  #assignments: Assignment[] = [];
  #cancellations: Attempt[] = [];
  #fencings: Attempt[] = [];
  #ackUpTo: bigint | undefined;
  #heartbeat: bigint | undefined;
  #news: 'none' | 'some' = 'none';
  #wake: (() => void) | undefined;
  #ended: Ended | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Messages that are rare and keep their order: welcome and drain. */
  say(message: ToNode): void {
    this.#first.push(message);
    this.#notify();
  }

  assign(assignment: Assignment): void {
    this.#assignments.push(assignment);
    this.#notify();
  }

  cancel(attempt: Attempt): void {
    this.#unassign(attempt);
    this.#cancellations.push(attempt);
    this.#notify();
  }

  fence(attempt: Attempt): void {
    this.#unassign(attempt);
    this.#fencings.push(attempt);
    this.#notify();
  }

  /** With the next word of anything else, or after a moment: nobody waits for it. */
  ack(upTo: bigint): void {
    if (this.#ackUpTo === undefined) this.#world.after(ackWithinMs, () => this.#sendAck());
    this.#ackUpTo = upTo;
  }

  ackHeartbeat(sequence: bigint): void {
    this.#heartbeat = sequence;
    this.#notify();
  }

  /** What was said before is still delivered. A reason is how the stream then fails. */
  end(reason: DomainError | 'done'): void {
    this.#ended ??= { reason };
    this.#notify();
  }

  /** Fencings and cancellations that wait to be told. */
  get stops(): number {
    return this.#fencings.length + this.#cancellations.length;
  }

  get state(): 'open' | 'ended' {
    return this.#ended === undefined ? 'open' : 'ended';
  }

  /** Everything there is to say now, stops before new work. */
  take(): ToNode[] {
    const messages = this.#first;
    if (this.#heartbeat !== undefined) {
      messages.push({ kind: 'heartbeat-ack', sequence: this.#heartbeat });
    }
    if (this.#fencings.length > 0) messages.push({ kind: 'fencings', attempts: this.#fencings });
    if (this.#cancellations.length > 0) {
      messages.push({ kind: 'cancellations', attempts: this.#cancellations });
    }
    if (this.#ackUpTo !== undefined) messages.push({ kind: 'report-acks', upTo: this.#ackUpTo });
    for (const assignments of bySize(this.#assignments)) {
      messages.push({ kind: 'assignments', assignments });
    }
    this.#clear();
    return messages;
  }

  /** All messages until the end, or until nobody listens any more. */
  async *messages(signal: AbortSignal): AsyncGenerator<ToNode> {
    const stop = () => this.#wake?.();
    signal.addEventListener('abort', stop, { once: true });
    while (!signal.aborted) {
      // Not yield*: in an async generator that costs four promises a message.
      for (const message of this.take()) yield message;
      if (this.#news === 'some') continue;
      if (this.#ended !== undefined || signal.aborted) break;
      await this.#something();
    }
    signal.removeEventListener('abort', stop);
    const reason = this.#ended?.reason;
    if (reason !== undefined && reason !== 'done') throw reason;
  }

  // A task that ends before the node heard of it needs no word at all, but saying so is harmless.
  #unassign({ taskId, attempt }: Attempt): void {
    this.#assignments = this.#assignments.filter(
      (assignment) => assignment.taskId !== taskId || assignment.attempt !== attempt,
    );
  }

  #clear(): void {
    this.#news = 'none';
    this.#first = [];
    if (this.#assignments.length > 0) this.#assignments = [];
    if (this.#cancellations.length > 0) this.#cancellations = [];
    if (this.#fencings.length > 0) this.#fencings = [];
    this.#ackUpTo = undefined;
    this.#heartbeat = undefined;
  }

  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        this.#world.soon(resolve);
      };
    });
  }

  #sendAck(): void {
    if (this.#ackUpTo !== undefined) this.#notify();
  }

  #notify(): void {
    this.#news = 'some';
    this.#wake?.();
  }
}

/** In parts that each fit a message; mostly one. */
function bySize(assignments: readonly Assignment[]): Assignment[][] {
  const parts: Assignment[][] = [];
  let bytes = mostPayloadBytes;
  for (const assignment of assignments) {
    if (bytes >= mostPayloadBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(assignment);
    bytes += sizeOf(assignment.payload);
  }
  return parts;
}

function sizeOf(payload: LogContent | undefined): number {
  return payload?.body.byteLength ?? 0;
}
