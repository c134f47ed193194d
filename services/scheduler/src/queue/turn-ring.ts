import { type Linked, LinkedList } from './linked-list.ts';

/** What a member would be charged for its next turn, or why it has none. */
export type Look = number | 'nothing' | 'banned';

interface Turn<M> extends Linked<Turn<M>> {
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
  readonly #turns = new Map<M, Turn<M>>();
  readonly #quantumOf: (member: M) => number;

  constructor(quantumOf: (member: M) => number) {
    this.#quantumOf = quantumOf;
  }

  get size(): number {
    return this.#ring.size;
  }

  /** Joins at the end with no credit. Does nothing for a member that is in. */
  add(member: M): void {
    if (this.#turns.has(member)) return;
    const turn: Turn<M> = {
      member,
      deficit: 0,
      credit: 'due',
      before: undefined,
      after: undefined,
    };
    this.#turns.set(member, turn);
    this.#ring.append(turn);
  }

  remove(member: M): void {
    const turn = this.#turns.get(member);
    if (turn === undefined) return;
    this.#turns.delete(member);
    this.#ring.remove(turn);
  }

  /** Who is next, charged by what `look` says; `banned` when only banned members are in. */
  next(look: (member: M) => Look): M | 'nothing' | 'banned' {
    let passed = 0;
    for (let turn = this.#ring.first; turn !== undefined; turn = this.#ring.first) {
      const cost = look(turn.member);
      if (cost === 'nothing') this.remove(turn.member);
      else if (cost === 'banned') {
        this.#passOn(turn);
        passed += 1;
        if (passed >= this.#ring.size) return 'banned';
      } else {
        if (this.#charge(turn, cost) === 'served') return turn.member;
        this.#passOn(turn);
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

  #passOn(turn: Turn<M>): void {
    turn.credit = 'due';
    this.#ring.remove(turn);
    this.#ring.append(turn);
  }
}
