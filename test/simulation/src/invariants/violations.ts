import type { World } from '../time/world.ts';

/** What must be true of every run, in the words of the report. */
export const invariants = {
  'positions dense': 'positions of a partition are 1, 2, 3, …',
  'versions dense': 'versions of a task are 1, 2, 3, …',
  'events in turn': 'no event follows that its task did not allow',
  'attempts rise': 'each assignment has the next attempt',
  'one finish': 'a task has at most one finish',
  'no fenced report': 'progress and finish are of the present attempt and of its node',
  'nothing unasked': 'every task, cancel and answer was asked for by somebody',
  'one request, one task': 'a request, or an idempotency key, has one task',
  'fits its node': 'every assignment fits what its node declared',
  'slots kept': 'a node never runs more than its slots',
  'begun in time': 'what a node runs has not waited there for longer than a second',
  'one node an attempt': 'an attempt runs at one node only',
  'no needless loss': 'an attempt is not declared lost while it runs at a node in session',
  'acks are durable': 'what a node was told to be recorded is recorded',
  'accepted is kept': 'every accepted task is in the log',
  'no 404 after 201': 'a task that was accepted is found',
  'reads what it wrote': 'a client never reads older than it wrote or read before',
  'a watch is whole': 'who watches a task is told every version once, in order',
  'stream in order': 'a stream holds the log in its order, without a hole',
  'view is the fold': 'a row of the views is the fold of its task up to the checkpoint',
  'counts are sums': 'counters are the sums over the rows',
  'all end': 'after healing every accepted task ends, within a bound',
  'all caught up': 'after healing every follower reaches the head, within a bound',
  'all relayed': 'after healing every event has reached its stream, within a bound',
  'nothing held': 'at the end no slot, binding, report or attempt is left over',
  'no crash': 'no process ends by an error of its own',
} as const;

export type InvariantName = keyof typeof invariants;

export interface Violation {
  readonly invariant: InvariantName;
  readonly detail: string;
  readonly at: number;
}

/** Counts what was checked, and keeps what did not hold. */
export class Violations {
  readonly #world: World;
  readonly checked = new Map<InvariantName, number>();
  readonly found: Violation[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** `detail` is called for only when it does not hold. */
  check(invariant: InvariantName, holds: boolean, detail: () => string): void {
    this.checked.set(invariant, (this.checked.get(invariant) ?? 0) + 1);
    if (holds) return;
    const violation = { invariant, detail: detail(), at: this.#world.now };
    this.found.push(violation);
    const { trace, now } = this.#world;
    trace.note(now, 'VIOLATED', () => `${invariant}: ${violation.detail}`);
  }
}
