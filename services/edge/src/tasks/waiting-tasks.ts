import { DomainError, type TenantId } from '@greencloud/domain';
import { LRUCache } from 'lru-cache';

/** How many tasks of a tenant may wait for a node. */
export interface WaitingTasks {
  /** Counts one more in. Throws `NO_QUOTA_AVAILABLE` when there are too many already. */
  admit(tenantId: TenantId): Promise<void>;
}

interface WaitingOptions {
  readonly max: number;
  /** How many there are; may reject, and then nobody is refused. */
  count(tenantId: TenantId, signal: AbortSignal): Promise<number>;
  readonly recountMs?: number;
}

interface Ledger {
  counted: number;
  countedAt: number;
  /** By this replica, since the count began. */
  issued: number;
  counting: Promise<void> | undefined;
}

const maxTenants = 10_000;
const usualRecountMs = 1_000;
// Far from the limit a count may be older: at 10,000 creates a second half a million take 50 s.
const farRecounts = 10;
// A tenant's first create waits for its count, but not for a projection that is away.
const firstCountMs = 300;

/**
 * A bound that keeps the queue from growing for ever, not an exact one: counts are up to
 * `recountMs` old, and what other replicas issued since is not in them.
 */
export function createWaitingTasks(options: WaitingOptions): WaitingTasks {
  const { max, recountMs = usualRecountMs } = options;
  const ledgers = new LRUCache<TenantId, Ledger>({ max: maxTenants });
  return {
    async admit(tenantId) {
      const ledger = ledgers.get(tenantId) ?? newLedger();
      if (ledger.countedAt === never) ledgers.set(tenantId, ledger);
      const waiting = ledger.counted + ledger.issued;
      const age = performance.now() - ledger.countedAt;
      const isDue = age > (waiting * 2 < max ? farRecounts * recountMs : recountMs);
      if (isDue) ledger.counting ??= recount(tenantId, ledger, options);
      if (ledger.countedAt === never) await ledger.counting;
      if (ledger.counted + ledger.issued >= max) throw tooMany(max);
      ledger.issued += 1;
    },
  };
}

const never = Number.NEGATIVE_INFINITY;

function newLedger(): Ledger {
  return { counted: 0, countedAt: never, issued: 0, counting: undefined };
}

async function recount(tenantId: TenantId, ledger: Ledger, options: WaitingOptions): Promise<void> {
  const before = ledger.issued;
  try {
    ledger.counted = await options.count(tenantId, AbortSignal.timeout(firstCountMs));
    ledger.issued -= before;
  } catch {
    // A projection that is away must not stop creates: they neither need it nor are their tasks
    // kept from running. What this replica counted by itself would only ever grow.
    ledger.counted = 0;
    ledger.issued = 0;
  } finally {
    ledger.countedAt = performance.now();
    ledger.counting = undefined;
  }
}

function tooMany(max: number): DomainError {
  return new DomainError('NO_QUOTA_AVAILABLE', `At most ${max} tasks may wait for a node`);
}
