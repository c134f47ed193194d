import { DomainError, type TenantId } from '@greencloud/domain';

/** Requests that stay open for long: watches and waits. */
export interface OpenStreams {
  /**
   * Runs `stay` with a signal that ends with the client or with the service. Throws `OVERLOADED`
   * at the limit of all, `NO_QUOTA_AVAILABLE` at the tenant's own.
   */
  hold<T>(
    tenantId: TenantId,
    gone: AbortSignal,
    stay: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Tells every open one to end; later ones are refused. */
  endAll(): void;
  readonly open: number;
}

export interface StreamLimits {
  readonly all: number;
  readonly perTenant: number;
}

export function createOpenStreams(limits: StreamLimits): OpenStreams {
  const ends = new Set<AbortController>();
  const places = createPlaces(limits.perTenant);
  let state: 'taking' | 'closed' = 'taking';
  return {
    get open() {
      return ends.size;
    },
    async hold(tenantId, gone, stay) {
      if (state === 'closed') throw new DomainError('UNAVAILABLE', 'the service is stopping');
      if (ends.size >= limits.all) throw new DomainError('OVERLOADED', 'too many open streams');
      const leave = places.take(tenantId);
      const end = new AbortController();
      const onGone = () => end.abort(gone.reason);
      gone.addEventListener('abort', onGone, { once: true });
      if (gone.aborted) onGone();
      ends.add(end);
      try {
        return await stay(end.signal);
      } finally {
        ends.delete(end);
        leave();
        gone.removeEventListener('abort', onGone);
      }
    },
    endAll() {
      state = 'closed';
      for (const end of ends) end.abort(new DomainError('UNAVAILABLE', 'the service is stopping'));
    },
  };
}

// One tenant that opens all the streams there are must not keep the others from waiting.
function createPlaces(perTenant: number) {
  const taken = new Map<TenantId, number>();
  return {
    take(tenantId: TenantId): () => void {
      const before = taken.get(tenantId) ?? 0;
      if (before >= perTenant) {
        const detail = `At most ${perTenant} watches and waits may be open at once`;
        throw new DomainError('NO_QUOTA_AVAILABLE', detail);
      }
      taken.set(tenantId, before + 1);
      return () => {
        const now = (taken.get(tenantId) ?? 1) - 1;
        if (now === 0) taken.delete(tenantId);
        else taken.set(tenantId, now);
      };
    },
  };
}
