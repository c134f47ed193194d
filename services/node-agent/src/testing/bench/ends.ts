import type { SessionFixture } from '../../grpc/scheduler-fixture.ts';

/** How many tasks have ended since it was made. */
export class Ends {
  readonly #session: SessionFixture;
  #seen: number;
  #ends = 0;
  #returns = 0;

  constructor(session: SessionFixture) {
    this.#session = session;
    this.#seen = session.reports.length;
  }

  count(): number {
    const { reports } = this.#session;
    for (; this.#seen < reports.length; this.#seen += 1) {
      const kind = reports[this.#seen]?.report?.$case;
      if (kind === 'release') throw new Error('the agent gave a task back');
      if (kind === 'finish') this.#ends += 1;
      // Beyond the slots while the first sandbox started: another one takes its place.
      if (kind === 'returned') this.#returns += 1;
    }
    return this.#ends;
  }

  get returns(): number {
    return this.#returns;
  }
}
