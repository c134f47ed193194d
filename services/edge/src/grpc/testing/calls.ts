import type { DomainError } from '@greencloud/domain';

/** What the edge called and how many items each call carried; faults to order. */
export interface Calls {
  /** Called by each handler first: counts, waits while held, throws when told to. */
  enter(method: string, items: number): Promise<void>;
  readonly sizes: (method: string) => readonly number[];
  /** Until the returned function is called, the method's calls wait. */
  hold(method: string): () => void;
  /** Only the next call of the method waits, until the returned function is called. */
  holdNext(method: string): () => void;
  /** The next call of the method fails. */
  failNext(method: string, error: DomainError | Error): void;
}

export function createCalls(): Calls {
  const sizes = new Map<string, number[]>();
  const gates = new Map<string, Promise<void>>();
  const gatesOfNext = new Map<string, Promise<void>>();
  const faults = new Map<string, Error>();
  return {
    async enter(method, items) {
      sizes.set(method, [...(sizes.get(method) ?? []), items]);
      const gateOfThis = gatesOfNext.get(method);
      gatesOfNext.delete(method);
      await gateOfThis;
      await gates.get(method);
      const fault = faults.get(method);
      faults.delete(method);
      if (fault !== undefined) throw fault;
    },
    sizes: (method) => sizes.get(method) ?? [],
    hold(method) {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.set(method, promise);
      return () => {
        gates.delete(method);
        resolve();
      };
    },
    holdNext(method) {
      const { promise, resolve } = Promise.withResolvers<void>();
      gatesOfNext.set(method, promise);
      return resolve;
    },
    failNext: (method, error) => void faults.set(method, error),
  };
}
