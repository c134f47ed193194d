import { type Link, LinkedList } from './linked-list.ts';

/** What a member would be charged for its next turn, or why it has none. */
export type Look = number | 'nothing' | 'banned';

interface Turn<M> {
  readonly member: M;
  /** What it may still be charged before the turn goes on. */
  deficit: number;
  credit: 'due' | 'given';
}

/**
 * Weighted deficit round robin (Shreedhar and Varghese, 1995): each visit credits a member with
 * its quantum, and it is served while the credit lasts. Over any time two members that always
 * want more get shares that differ by less than a quantum and a cost.
 */
export class TurnRing<M> {
  readonly #ring = new LinkedList<Turn<M>>();
  readonly #links = new Map<M, Link<Turn<M>>>();
  readonly #quantumOf: (member: M) => number;

  constructor(quantumOf: (member: M) => number) {
    this.#quantumOf = quantumOf;
  }

  get size(): number {
    return this.#ring.size;
  }

  /** Joins at the end with no credit. Does nothing for a member that is in. */
  add(member: M): void {
    if (this.#links.has(member)) return;
    this.#links.set(member, this.#ring.append({ member, deficit: 0, credit: 'due' }));
  }

  remove(member: M): void {
    const link = this.#links.get(member);
    if (link === undefined) return;
    this.#links.delete(member);
    this.#ring.remove(link);
  }

  /** Who is next, charged by what `look` says; `banned` when only banned members are in. */
  next(look: (member: M) => Look): M | 'nothing' | 'banned' {
    let passed = 0;
    for (let link = this.#ring.first; link !== undefined; link = this.#ring.first) {
      const turn = link.value;
      const cost = look(turn.member);
      if (cost === 'nothing') this.remove(turn.member);
      else if (cost === 'banned') {
        this.#passOn(link);
        passed += 1;
        if (passed >= this.#ring.size) return 'banned';
      } else {
        if (this.#charge(turn, cost) === 'served') return turn.member;
        this.#passOn(link);
        passed = 0;
      }
    }
    return 'nothing';
  }

  #charge(turn: Turn<M>, cost: number): 'served' | 'spent' {
    if (turn.credit === 'due') {
      turn.deficit += this.#quantumOf(turn.member);
      turn.credit = 'given';
    }
    if (turn.deficit < cost) return 'spent';
    turn.deficit -= cost;
    return 'served';
  }

  #passOn(link: Link<Turn<M>>): void {
    const turn = link.value;
    turn.credit = 'due';
    this.#ring.remove(link);
    this.#links.set(turn.member, this.#ring.append(turn));
  }
}
