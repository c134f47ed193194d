import { DomainError, type TenantId } from '@greencloud/domain';
import type { Context } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How many requests a tenant may make of this replica. */
export interface RequestRate {
  /** Tells the caller what is left of its quota. Throws `NO_QUOTA_AVAILABLE` when nothing is. */
  take(ctx: Context, tenantId: TenantId): Promise<void>;
}

// What Retry-After says of NO_QUOTA_AVAILABLE is this window, too.
const windowSeconds = 1;

/**
 * Counts in memory: a shared counter would cost a round trip for each request. So the tenant of n
 * replicas has up to n times the quota.
 */
export function createRequestRate(perSecond: number): RequestRate {
  const points = perSecond * windowSeconds;
  const limiter = new RateLimiterMemory({ points, duration: windowSeconds });
  const policy = `"tenant";q=${points};w=${windowSeconds}`;
  return {
    async take(ctx, tenantId) {
      const state = await limiter.consume(tenantId).catch(stateOf);
      // draft-ietf-httpapi-ratelimit-headers: structured fields (RFC 9651).
      ctx.set('ratelimit-policy', policy);
      const seconds = Math.ceil(state.msBeforeNext / 1_000);
      ctx.set('ratelimit', `"tenant";r=${state.remainingPoints};t=${seconds}`);
      if (state.consumedPoints > points) {
        throw new DomainError('NO_QUOTA_AVAILABLE', `At most ${points} requests in a second`);
      }
    },
  };
}

/** The limiter rejects with its state where there is nothing left. */
function stateOf(rejected: unknown): RateLimiterRes {
  if (rejected instanceof RateLimiterRes) return rejected;
  throw rejected;
}
