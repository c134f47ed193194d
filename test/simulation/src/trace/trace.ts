import type { Life } from '../time/life.ts';

export type TraceDetail = 'none' | 'story' | 'all';

/**
 * What happened: a hash of every step, by which two runs are compared, and on demand the lines to
 * read. `story` has what the processes and the faults did, `all` every single step.
 */
export class Trace {
  readonly #detail: TraceDetail;
  readonly #print: (line: string) => void;
  #hash = 0x811c9dc5;

  constructor(detail: TraceDetail, print: (line: string) => void) {
    this.#detail = detail;
    this.#print = print;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  step(now: number, { name, nth }: Life, what: string): void {
    this.#mix(Math.floor(now * 1_000));
    this.#mix(what.length * 31 + name.length + nth);
    if (this.#detail === 'all') this.#line(now, name, `· ${what}`);
  }

  /** `text` is only called for when somebody reads; what it says must follow from the steps. */
  note(now: number, who: string, text: () => string): void {
    this.#mix(who.length);
    if (this.#detail !== 'none') this.#line(now, who, text());
  }

  #line(now: number, who: string, text: string): void {
    this.#print(`${(now / 1_000).toFixed(6).padStart(11)} s  ${who.padEnd(14)} ${text}`);
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193);
  }
}
