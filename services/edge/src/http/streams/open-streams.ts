import { DomainError } from '@greencloud/domain';

/** Requests that stay open for long: watches and waits. */
export interface OpenStreams {
  /**
   * Runs `stay` with a signal that ends with the client or with the service. Throws `OVERLOADED`
   * at the limit.
   */
  hold<T>(gone: AbortSignal, stay: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Tells every open one to end; later ones are refused. */
  endAll(): void;
  readonly open: number;
}

export function createOpenStreams(limit: number): OpenStreams {
  const ends = new Set<AbortController>();
  let state: 'taking' | 'closed' = 'taking';
  return {
    get open() {
      return ends.size;
    },
    async hold(gone, stay) {
      if (state === 'closed') throw new DomainError('UNAVAILABLE', 'the service is stopping');
      if (ends.size >= limit) throw new DomainError('OVERLOADED', 'too many open streams');
      const end = new AbortController();
      const onGone = () => end.abort(gone.reason);
      gone.addEventListener('abort', onGone, { once: true });
      if (gone.aborted) onGone();
      ends.add(end);
      try {
        return await stay(end.signal);
      } finally {
        ends.delete(end);
        gone.removeEventListener('abort', onGone);
      }
    },
    endAll() {
      state = 'closed';
      for (const end of ends) end.abort(new DomainError('UNAVAILABLE', 'the service is stopping'));
    },
  };
}
