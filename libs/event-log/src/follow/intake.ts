import type { RecordedEvent } from '../recorded-event.ts';

/** What became of one live event. */
export type Offer =
  | 'queued'
  /** It, or the range it lies in, was handed out before. */
  | 'duplicate'
  /** Something before it is missing: read the log. */
  | 'gap'
  /** At the tail, and not what was handed out there: read the log. */
  | 'differs'
  /** The consumer is too slow for the buffer: what was live is dropped, read the log. */
  | 'overflow';

/**
 * The live events that wait to be applied: always one contiguous run. `tail` is the last position
 * handed out; the log is read from there.
 */
export interface Intake {
  readonly tail: bigint;
  /** Undefined while nothing was handed out. */
  readonly tailEventId: string | undefined;
  readonly waiting: number;
  offer(event: RecordedEvent): Offer;
  /** The next contiguous events after `tail`, empty while something before them is missing. */
  take(max: number): RecordedEvent[];
  /** Events up to `last` came from the log. */
  advance(last: Pick<RecordedEvent, 'position' | 'eventId'>): void;
  /**
   * The log was read to its head. A run that still does not follow is dropped: it would hide the
   * real events of its positions, and what the log has of it comes by the next look at the head.
   */
  settle(): void;
}

export function createIntake(from: bigint, capacity: number): Intake {
  return new ContiguousRun(from, capacity);
}

class ContiguousRun implements Intake {
  #tail: bigint;
  #tailEventId: string | undefined;
  #run: RecordedEvent[] = [];
  readonly #capacity: number;

  constructor(from: bigint, capacity: number) {
    this.#tail = from;
    this.#capacity = capacity;
  }

  get tail(): bigint {
    return this.#tail;
  }

  get tailEventId(): string | undefined {
    return this.#tailEventId;
  }

  get waiting(): number {
    return this.#run.length;
  }

  offer(event: RecordedEvent): Offer {
    const last = this.#run.at(-1)?.position ?? this.#tail;
    if (event.position <= last) return this.#isOther(event) ? 'differs' : 'duplicate';
    if (this.#run.length >= this.#capacity) {
      this.#run = [];
      return 'overflow';
    }
    if (event.position === last + 1n) {
      this.#run.push(event);
      return 'queued';
    }
    // The newest run is the one that the log will reach.
    this.#run = [event];
    return 'gap';
  }

  take(max: number): RecordedEvent[] {
    if (this.#run[0]?.position !== this.#tail + 1n) return [];
    const taken = this.#run.length <= max ? this.#run : this.#run.slice(0, max);
    this.#run = taken === this.#run ? [] : this.#run.slice(max);
    this.#tail += BigInt(taken.length);
    this.#tailEventId = taken.at(-1)?.eventId;
    return taken;
  }

  advance({ position, eventId }: Pick<RecordedEvent, 'position' | 'eventId'>): void {
    if (position <= this.#tail) return;
    this.#tail = position;
    this.#tailEventId = eventId;
    const next = this.#run.findIndex((event) => event.position > position);
    this.#run = next === -1 ? [] : this.#run.slice(next);
  }

  settle(): void {
    const first = this.#run[0];
    if (first !== undefined && first.position !== this.#tail + 1n) this.#run = [];
  }

  #isOther({ position, eventId }: RecordedEvent): boolean {
    return position === this.#tail && (this.#tailEventId ?? eventId) !== eventId;
  }
}
