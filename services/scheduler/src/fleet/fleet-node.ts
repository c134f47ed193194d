import {
  type NodeId,
  type TaskId,
  type TenantId,
  unitsOfSlot,
  unitsTaken,
} from '@greencloud/domain';
import type { Placeable } from '../placement/free-nodes.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import type { NodeOffer } from '../placement/node-offer.ts';
import { carbonRank } from '../placement/score.ts';
import type { Held } from './held.ts';
import { type AttemptPace, Lookahead } from './lookahead.ts';
import type { Outbox } from './outbox.ts';

/**
 * connected   its stream is open
 * silent      its stream broke; until it is lost it may come back with all that it runs
 * gone        lost, left or ended: what still binds to it must be released
 * elsewhere   another session has begun: that one answers for the attempts
 */
export type NodeLink = 'connected' | 'silent' | 'gone' | 'elsewhere';

export interface SessionStart {
  readonly nodeId: NodeId;
  readonly owner: TenantId;
  readonly epoch: bigint;
  readonly bootId: string;
  readonly offer: NodeOffer;
  readonly kind: NodeKind;
  readonly outbox: Outbox;
  readonly drains: Drains;
  readonly heardAt: number;
}

/** Whether it takes nothing new, and whose will that is. */
export type Drains = 'no' | 'by-owner' | 'by-itself';

/** A node whose session is, or was a moment ago, on this replica, which alone gives out its slots. */
export class FleetNode implements Placeable {
  readonly nodeId: NodeId;
  readonly held = new Map<TaskId, Held>();
  readonly #lookahead = new Lookahead();
  session: SessionStart;
  link: NodeLink = 'connected';
  drains: Drains;
  /** World uptime of the last sign of life. */
  heardAt: number;
  /** Slots that are taken: a task of much memory takes several, and parts of one. */
  busy = 0;
  #units = 0;
  /** Whether it gets nothing new until it has room for a large task that waits for it. */
  saves: 'no' | 'yes' = 'no';
  carbon: number;
  lastUsed = 0;

  constructor(session: SessionStart) {
    this.nodeId = session.nodeId;
    this.session = session;
    this.drains = session.drains;
    this.heardAt = session.heardAt;
    this.carbon = carbonRank(session.offer.energy);
  }

  begin(session: SessionStart): void {
    this.session = session;
    this.link = 'connected';
    this.drains = session.drains;
    this.heardAt = session.heardAt;
    this.carbon = carbonRank(session.offer.energy);
    this.#lookahead.restart();
    this.#countAnew();
  }

  get kind(): NodeKind {
    return this.session.kind;
  }

  get slots(): number {
    return this.session.offer.slots;
  }

  get epoch(): bigint {
    return this.session.epoch;
  }

  get outbox(): Outbox {
    return this.session.outbox;
  }

  get isInService(): boolean {
    return this.link === 'connected' && this.drains === 'no';
  }

  get takesTasks(): boolean {
    return this.isInService && this.saves === 'no' && this.hasRoomFor(0);
  }

  hasRoomFor(memSize: number): boolean {
    const { offer } = this.session;
    const room = (offer.slots + this.#lookahead.tasks) * unitsOfSlot(offer);
    return this.#units + unitsTaken(memSize, offer) <= room;
  }

  /** A task of so many MiB takes its slots. */
  take(memSize: number): void {
    this.#setUnits(this.#units + unitsTaken(memSize, this.session.offer));
  }

  giveBack(memSize: number): void {
    this.#setUnits(this.#units - unitsTaken(memSize, this.session.offer));
  }

  #setUnits(units: number): void {
    this.#units = units;
    this.busy = units / unitsOfSlot(this.session.offer);
  }

  /** It may have come back with another offer. */
  #countAnew(): void {
    this.#setUnits(0);
    for (const { phase, memSize } of this.held.values()) if (phase !== 'ending') this.take(memSize);
  }

  /** It is about to get a task. */
  begins(uptime: number): void {
    if (this.busy === 0) this.#lookahead.resume(uptime);
  }

  /** An attempt has ended here. */
  paced(pace: AttemptPace, uptime: number): void {
    this.#lookahead.note(pace, { most: this.session.offer.lookahead, uptime });
  }
}
