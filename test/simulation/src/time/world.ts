import { AsyncLocalStorage } from 'node:async_hooks';
import { Random } from '../chance/random.ts';
import type { Trace } from '../trace/trace.ts';
import { Agenda } from './agenda.ts';
import { Life, type Step } from './life.ts';

/** Unix ms at the begin of every run. */
const epochMs = Date.UTC(2026, 0, 5, 8);

const present = new AsyncLocalStorage<Life>();
const realSetImmediate = setImmediate;

// Node runs what one step has promised (microtasks, ticks) to its end between two immediates, and
// asks the kernel only after all of them: 64 at once cost a third of one by one.
const stepsInTurn = 64;

/** The process whose code runs now; undefined outside of a simulation. */
export function presentLife(): Life | undefined {
  return present.getStore();
}

export interface WorldOptions {
  readonly seed: string;
  readonly trace: Trace;
}

/**
 * Time, chance and all that happens: one step of one process after the other, each to its end. The
 * seed decides every delay, so it decides every interleaving.
 */
export class World {
  readonly random: Random;
  readonly trace: Trace;
  readonly #agenda = new Agenda();
  readonly #numbers = new Map<string, number>();
  #now = 0;
  #planned = 0;
  #steps = 0;
  /** Whose steps are the world's own: faults, and what is true whoever lives. */
  readonly keeper = new Life({
    name: 'world',
    nth: 1,
    startedAt: 0,
    random: new Random('world'),
    skewMs: 0,
  });
  /** A process failed in a way that no product code may. */
  onFault: (life: Life, error: unknown) => void = (_, error) => {
    throw error;
  };

  constructor({ seed, trace }: WorldOptions) {
    this.random = new Random(seed);
    this.trace = trace;
  }

  /** Ms since the run began. */
  get now(): number {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  /** The true wall clock, Unix ms. */
  get wall(): number {
    return epochMs + this.#now;
  }

  begin(name: string, skewMs = 0): Life {
    const nth = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, nth);
    const random = this.random.fork(`${name}/${nth}`);
    return new Life({ name, nth, startedAt: this.#now, random, skewMs });
  }

  plan(life: Life, delayMs: number, what: string, act: () => void): Step {
    return this.#add(life, delayMs, what, 'message', act);
  }

  planTimer(life: Life, delayMs: number, act: () => void): Step {
    return this.#add(life, delayMs, 'timer', 'timer', act);
  }

  freeze(life: Life, ms: number): void {
    life.frozenUntil = Math.max(life.frozenUntil, this.#now + ms);
    this.#wakeAt(life);
  }

  thaw(life: Life): void {
    if (life.frozenUntil <= this.#now) return;
    life.frozenUntil = this.#now;
    this.#goOn(life);
  }

  /** Runs product code as this process, now. */
  within<T>(life: Life, act: () => T): T {
    return present.run(life, act);
  }

  /** Until nothing is left to do, or `isOver`, which is asked before each step. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let state: 'running' | 'over' = 'running';
      const end = (settle: () => void) => {
        state = 'over';
        settle();
      };
      const turn = (last: boolean) => {
        if (state === 'over') return;
        try {
          if (isOver() || this.#step() === 'nothing left') return end(resolve);
        } catch (error) {
          return end(() => reject(error));
        }
        if (last) arm();
      };
      const arm = () => {
        for (let left = stepsInTurn; left > 0; left--) realSetImmediate(turn, left === 1);
      };
      arm();
    });
  }

  #add(life: Life, delayMs: number, what: string, kind: Step['kind'], act: () => void): Step {
    this.#planned += 1;
    const at = this.#now + Math.max(0, delayMs);
    const step: Step = { at, order: this.#planned, life, what, kind, act };
    this.#agenda.add(step);
    return step;
  }

  #step(): 'done' | 'nothing left' {
    for (;;) {
      const step = this.#agenda.next();
      if (step === undefined) return 'nothing left';
      const { act, life } = step;
      if (act === undefined || life.state === 'dead') continue;
      this.#now = Math.max(this.#now, step.at);
      if (life.frozenUntil > this.#now) {
        life.missed.push(step);
        continue;
      }
      this.#act(step, act);
      return 'done';
    }
  }

  #act(step: Step, act: () => void): void {
    const { life, what } = step;
    this.#steps += 1;
    this.trace.step(this.#now, life, what);
    step.act = undefined;
    try {
      present.run(life, act);
    } catch (error) {
      this.onFault(life, error);
    }
    life.stepsLeft -= 1;
    // After what this step has promised, too: the next step of anybody comes after it.
    if (life.stepsLeft === 0) life.onLastStep?.();
  }

  #wakeAt(life: Life): void {
    this.#planned += 1;
    this.#agenda.add({
      at: life.frozenUntil,
      order: this.#planned,
      life: this.keeper,
      what: 'thaw',
      kind: 'timer',
      act: () => {
        if (life.frozenUntil <= this.#now) this.#goOn(life);
      },
    });
  }

  /** What came meanwhile comes now: the timers first, or what was sent first. */
  #goOn(life: Life): void {
    const missed = life.missed.splice(0);
    const timersFirst = this.random.happens(0.5);
    const rank = ({ kind }: Step) => ((kind === 'timer') === timersFirst ? 0 : 1);
    missed.sort((a, b) => rank(a) - rank(b) || a.at - b.at || a.order - b.order);
    for (const step of missed) {
      if (step.act === undefined) continue;
      this.#planned += 1;
      step.at = this.#now;
      step.order = this.#planned;
      this.#agenda.add(step);
    }
  }
}
