import { DomainError } from '@greencloud/domain';

export interface WatchLimit {
  readonly open: number;
  /** A place for one watch, given back by its disposal. Throws `OVERLOADED` when all are taken. */
  enter(): Disposable;
}

export function createWatchLimit(max: number): WatchLimit {
  let open = 0;
  return {
    get open() {
      return open;
    },
    enter() {
      if (open >= max) throw new DomainError('OVERLOADED', 'Too many tasks are watched');
      open += 1;
      return { [Symbol.dispose]: () => void (open -= 1) };
    },
  };
}
