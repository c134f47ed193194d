import { DomainError } from '@greencloud/domain';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import type { Attempt, FromNode, NodeReport, ToNode } from '../fleet/messages.ts';
import { paceOf } from '../fleet/lookahead.ts';
import type { Outbox } from '../fleet/outbox.ts';
import type { Recorded } from '../record/recorder.ts';
import type { Entry } from '../record/task-commands.ts';
import type { World } from '../world.ts';
import { AckWindow } from './ack-window.ts';
import type { AttemptEnd } from './attempt-end.ts';

export interface SessionOptions {
  readonly world: World;
  readonly fleet: Fleet;
  readonly ends: AttemptEnd;
  /** Resolves when the log keeps up: until then a node's stream is not read on. */
  readonly room: () => Promise<void>;
  readonly onUnusable: (problem: string) => void;
}

// A node sends a few reports for each slot; this many unsettled ones are a fault or an attack.
const mostOpen = 2_000;
// Five times what the largest node can hold. One that lets so many lie does not read, and could have
// the queue grow for ever: it is answered a fence for whatever attempt it names.
const mostUntoldStops = 10_000;

const atOnce = Promise.resolve();

/** The attempt, or the task, is over for this node. */
const ofAnother = new Set<string>(['FENCED', 'TASK_NOT_FOUND', 'TASK_ALREADY_FINISHED']);

/** One stream of one node, after its Welcome. */
export class Session {
  readonly node: FleetNode;
  readonly epoch: bigint;
  readonly #outbox: Outbox;
  readonly #options: SessionOptions;
  readonly #acks = new AckWindow();

  constructor(node: FleetNode, options: SessionOptions) {
    this.node = node;
    this.epoch = node.epoch;
    this.#outbox = node.outbox;
    this.#options = options;
  }

  /** The node's last session, and connected: what comes from any other is not heard. */
  get isPresent(): boolean {
    return this.node.epoch === this.epoch && this.node.link === 'connected';
  }

  messages(signal: AbortSignal): AsyncGenerator<ToNode> {
    return this.#outbox.messages(signal);
  }

  /** Resolves when the next message may be read; rejects when none may. */
  receive(message: FromNode): Promise<void> {
    if (!this.isPresent) return atOnce;
    if (this.#outbox.stops > mostUntoldStops) return this.#giveUp();
    this.node.heardAt = this.#options.world.uptime();
    switch (message.kind) {
      case 'heartbeat':
        this.#outbox.ackHeartbeat(message.sequence);
        return atOnce;
      case 'draining':
        this.#options.fleet.drain(this.node, 'by-itself');
        return atOnce;
      case 'reports':
        for (const report of message.reports) this.#hear(report);
        if (this.#acks.open <= mostOpen) return this.#options.room();
        return this.#acks.idle().then(() => this.#options.room());
      default:
        return message satisfies never;
    }
  }

  /** Everything reported has its answer, and the node its acknowledgements. */
  async finish(): Promise<void> {
    await this.#acks.idle();
    this.#outbox.end('done');
  }

  #giveUp(): Promise<never> {
    const reason = new DomainError('OVERLOADED', 'The node does not read what it is told');
    this.#outbox.end(reason);
    return Promise.reject(reason);
  }

  #hear(report: NodeReport): void {
    const { sequence, attempt, body } = report;
    if (this.#acks.begin(sequence) === 'stale') return;
    if (attempt === undefined || body.kind === 'unusable') {
      this.#options.onUnusable(body.kind === 'unusable' ? body.problem : 'no task id');
      return this.#settle(sequence);
    }
    const held = this.#heldOf(attempt);
    if (held?.phase === 'sent') this.#accept(held);
    switch (body.kind) {
      case 'accepted':
        if (held === undefined) this.#outbox.fence(attempt);
        return this.#settle(sequence);
      case 'progress':
        return this.#progress(sequence, attempt, held, body.percent);
      case 'release':
        // It drains, whether it said so or not: it would give back whatever it got next.
        if (body.reason === 'drained') this.#options.fleet.drain(this.node, 'by-itself');
        return this.#end(sequence, attempt, held, body);
      case 'returned':
        this.node.paced('returned', this.#options.world.uptime());
        return this.#end(sequence, attempt, held, { kind: 'release', reason: 'drained' });
      case 'finish':
        if (held !== undefined) this.#notePace(held);
        return this.#end(sequence, attempt, held, body);
      default:
        return body satisfies never;
    }
  }

  #notePace({ sentAt }: Held): void {
    const uptime = this.#options.world.uptime();
    this.node.paced(paceOf(uptime - sentAt), uptime);
  }

  #accept(held: Held): void {
    held.phase = 'accepted';
    held.assignment = undefined;
  }

  #progress(sequence: bigint, attempt: Attempt, held: Held | undefined, percent: number): void {
    if (held !== undefined && percent <= held.percent) return this.#settle(sequence);
    this.#record(sequence, attempt, held, { kind: 'progress', percent }, (recorded) => {
      if (held === undefined || recorded.kind !== 'recorded') return;
      held.percent = Math.max(held.percent, percent);
    });
  }

  #end(sequence: bigint, attempt: Attempt, held: Held | undefined, entry: Entry): void {
    if (held !== undefined) this.#options.fleet.ending(this.node, held);
    this.#record(sequence, attempt, held, entry, (recorded) => {
      void this.#ended(attempt, held, recorded);
    });
  }

  async #ended(attempt: Attempt, held: Held | undefined, recorded: Recorded): Promise<void> {
    if (recorded.kind === 'refused' && !ofAnother.has(recorded.code)) {
      await this.#options.ends.record(this.node, attempt, unusableEnd(recorded.message));
    }
    if (held !== undefined && recorded.kind !== 'abandoned') {
      this.#options.fleet.drop(this.node, held);
    }
  }

  #record(
    sequence: bigint,
    attempt: Attempt,
    held: Held | undefined,
    entry: Entry,
    next: (recorded: Recorded) => void,
  ): void {
    this.#options.ends.submit(this.node, attempt, entry, (recorded) => {
      if (recorded.kind === 'refused' && recorded.code === 'FENCED') {
        if (held !== undefined) this.#options.fleet.drop(this.node, held);
        this.#outbox.fence(attempt);
      }
      if (recorded.kind !== 'abandoned') this.#settle(sequence);
      next(recorded);
    });
  }

  #settle(sequence: bigint): void {
    if (this.#acks.settle(sequence) === 'moved') this.#outbox.ack(this.#acks.upTo);
  }

  #heldOf({ taskId, attempt }: Attempt): Held | undefined {
    const held = this.node.held.get(taskId);
    return held?.attempt === attempt ? held : undefined;
  }
}

/** What the log will not take as it is must still end the task. */
function unusableEnd(problem: string): Entry {
  const detail = `The node's report was refused: ${problem}`.slice(0, 1_000);
  return { kind: 'finish', outcome: 'failed', status: 500, detail, result: undefined };
}
