import { DomainError, type ErrorCode } from '@greencloud/domain';
import { LRUCache } from 'lru-cache';
import type { LambdaCatalog, LambdaKey, ResolvedLambda } from './lambda-catalog.ts';

/** What the catalog answered, and for how long that may be used; all in ms of `Clock`. */
export interface LeasedLambda {
  readonly lambda: ResolvedLambda;
  /** When the call began that brought it. */
  readonly askedAt: number;
  readonly freshForMs: number;
}

/** A clock that nobody sets: it only goes on. */
export type Clock = () => number;

export interface LambdaLeasesOptions {
  /** Asks the catalog. Rejects with a refusal, or because it cannot be asked. */
  readonly ask: (key: LambdaKey) => Promise<LeasedLambda>;
  readonly now?: Clock;
  readonly max?: number;
}

// Under 2 MB (measured). A lambda falls out early only where more are in use within one lease.
const usualMax = 2_048;

/** What the catalog answers of a lambda that no task may be issued for. */
export const catalogRefusals: ReadonlySet<ErrorCode> = new Set([
  'LAMBDA_NOT_FOUND',
  'LAMBDA_PAUSED',
  'NO_RUNNER',
]);

/**
 * Resolves from memory while the catalog's answer may be used. In its second half the first use
 * asks anew in the background, so that a lambda in use is always at hand.
 */
export function createLambdaLeases(options: LambdaLeasesOptions): Pick<LambdaCatalog, 'resolve'> {
  const { ask, now = () => performance.now(), max = usualMax } = options;
  const leases = new LRUCache<string, LeasedLambda>({ max });
  const renewing = new Set<string>();

  async function take(name: string, key: LambdaKey): Promise<ResolvedLambda> {
    const lease = await ask(key);
    leases.set(name, lease);
    return lease.lambda;
  }

  async function renew(name: string, key: LambdaKey): Promise<void> {
    renewing.add(name);
    try {
      await take(name, key);
    } catch (error) {
      // A catalog that is away has refused nothing: the lease runs out by itself.
      if (error instanceof DomainError && catalogRefusals.has(error.code)) leases.delete(name);
    }
    renewing.delete(name);
  }

  return {
    async resolve(key) {
      const name = nameOf(key);
      const lease = leases.get(name);
      if (lease === undefined) return take(name, key);
      const age = now() - lease.askedAt;
      if (age >= lease.freshForMs) return take(name, key);
      if (age >= lease.freshForMs / 2 && !renewing.has(name)) void renew(name, key);
      return lease.lambda;
    },
  };
}

/** Of a tenant's lambda: another tenant's is never found under it. */
export function nameOf({ tenantId, lambdaId }: LambdaKey): string {
  return `${tenantId}/${lambdaId}`;
}
