import type { NodeId, TaskId } from '@greencloud/domain';
import type { Attempt, ToNode } from '../fleet/messages.ts';
import type { Scheduler } from '../scheduler.ts';
import { limits, openSession, type TestSession } from './memory-scheduler.ts';
import type { ManualWorld } from './manual-world.ts';
import { finish } from './node-messages.ts';

/** Whom a node may dial at a moment. */
export interface Dialling {
  pick(): Scheduler | undefined;
}

interface Work extends Attempt {
  /** The report of its end, until it is acknowledged. */
  ended: 'no' | 'unsent' | bigint;
}

/** A node that keeps the protocol, on a network and a machine that the simulation breaks. */
export class SimulatedNode {
  readonly nodeId: NodeId;
  /** Every attempt that ever began to run here, in order. */
  readonly begun: Attempt[] = [];
  readonly #world: ManualWorld;
  readonly #dialling: Dialling;
  readonly #work = new Map<TaskId, Work>();
  #open: { session: TestSession; scheduler: Scheduler } | undefined;
  #life = 0;

  constructor(nodeId: NodeId, world: ManualWorld, dialling: Dialling) {
    this.nodeId = nodeId;
    this.#world = world;
    this.#dialling = dialling;
    this.#world.after(1, () => void this.#connect());
    this.#beat();
  }

  get running(): number {
    return [...this.#work.values()].filter(({ ended }) => ended === 'no').length;
  }

  /** The stream is cut; the node dials again a while later. */
  cut(awayMs: number): void {
    const open = this.#open;
    this.#open = undefined;
    open?.scheduler.sessions.broke(open.session.session, 'cut');
    const life = this.#life;
    // No answer for so long: the node stops its attempts by itself; ends that it has it keeps.
    this.#world.after(limits.fenceAfterMs, () => {
      if (this.#open !== undefined || this.#life !== life) return;
      for (const work of this.#work.values()) if (work.ended === 'no') this.#forget(work);
    });
    this.#world.after(awayMs, () => void this.#connect());
  }

  /** The machine restarts and remembers nothing. */
  restart(awayMs: number): void {
    this.#life += 1;
    this.#work.clear();
    this.cut(awayMs);
  }

  async #connect(): Promise<void> {
    const scheduler = this.#dialling.pick();
    if (this.#open !== undefined) return;
    const again = () => void this.#world.after(200, () => void this.#connect());
    if (scheduler === undefined) return again();
    try {
      const session = await openSession(scheduler, this.nodeId, { slots: 2 }, [
        ...this.#work.values(),
      ]);
      this.#open = { session, scheduler };
      for (const work of this.#work.values()) if (work.ended !== 'no') this.#sendEnd(work);
      this.#listen();
    } catch {
      again();
    }
  }

  #beat(): void {
    this.#world.after(limits.heartbeatMs, () => {
      void this.#open?.session.session.receive({ kind: 'heartbeat', sequence: 1n });
      this.#beat();
    });
  }

  #listen(): void {
    const open = this.#open;
    if (open === undefined) return;
    for (const message of open.session.take()) this.#hear(message);
    if (open.session.session.node.outbox.state === 'ended') return this.cut(500);
    this.#world.after(5, () => {
      if (this.#open === open) this.#listen();
    });
  }

  #hear(message: ToNode): void {
    if (message.kind === 'assignments') for (const each of message.assignments) this.#begin(each);
    if (message.kind === 'fencings' || message.kind === 'cancellations') {
      for (const attempt of message.attempts) this.#forget(attempt);
    }
    if (message.kind !== 'report-acks') return;
    for (const work of this.#work.values()) {
      if (typeof work.ended === 'bigint' && work.ended <= message.upTo) this.#forget(work);
    }
  }

  #begin({ taskId, attempt }: Attempt): void {
    const present = this.#work.get(taskId);
    if (present !== undefined && present.attempt >= attempt) return;
    const work: Work = { taskId, attempt, ended: 'no' };
    this.#work.set(taskId, work);
    this.begun.push({ taskId, attempt });
    void this.#open?.session.report(work, { kind: 'accepted' }, { kind: 'progress', percent: 0 });
    this.#world.after(20 + this.#world.random() * 5_000, () => {
      if (this.#work.get(taskId) !== work) return;
      work.ended = 'unsent';
      this.#sendEnd(work);
    });
  }

  #sendEnd(work: Work): void {
    if (this.#open === undefined) return;
    void this.#open.session.report(work, finish);
    work.ended = this.#open.session.sequence;
  }

  #forget({ taskId, attempt }: Attempt): void {
    if (this.#work.get(taskId)?.attempt === attempt) this.#work.delete(taskId);
  }
}
