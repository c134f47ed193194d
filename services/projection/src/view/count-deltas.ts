import type { TenantId } from '@greencloud/domain';
import type { TaskRow } from './task-row.ts';

/** How a tenant's counters change by a batch. */
export interface CountDelta {
  readonly tenantId: TenantId;
  pending: number;
  running: number;
  finished: number;
}

export interface IssuedDelta {
  readonly tenantId: TenantId;
  readonly quarter: number;
  issued: number;
}

export interface CountDeltas {
  readonly counts: readonly CountDelta[];
  readonly issued: readonly IssuedDelta[];
}

export interface RowChange {
  readonly before: TaskRow | undefined;
  readonly after: TaskRow;
}

const quarterMs = 15 * 60 * 1_000;

/** The quarter of an hour, since 1970, in which a moment (Unix ms) lies. */
export function quarterOf(at: number): number {
  return Math.floor(at / quarterMs);
}

export function startOfQuarter(quarter: number): number {
  return quarter * quarterMs;
}

type Counter = 'pending' | 'running' | 'finished';

/** `pending` is everything that was accepted and does not run yet, so the three add up to all. */
const counterOf: Record<TaskRow['state'], Counter> = {
  issued: 'pending',
  assigned: 'pending',
  running: 'running',
  finished: 'finished',
};

export function countDeltas(changes: Iterable<RowChange>): CountDeltas {
  const counts = new Map<TenantId, CountDelta>();
  const issued = new Map<string, IssuedDelta>();
  for (const { before, after } of changes) {
    const { tenantId } = after;
    const count = counts.get(tenantId) ?? { tenantId, pending: 0, running: 0, finished: 0 };
    counts.set(tenantId, count);
    if (before !== undefined) count[counterOf[before.state]] -= 1;
    count[counterOf[after.state]] += 1;
    if (before === undefined) countIssued(issued, after);
  }
  return { counts: [...counts.values()].filter(isChange), issued: [...issued.values()] };
}

function isChange({ pending, running, finished }: CountDelta): boolean {
  return pending !== 0 || running !== 0 || finished !== 0;
}

function countIssued(issued: Map<string, IssuedDelta>, { tenantId, issuedAt }: TaskRow): void {
  const quarter = quarterOf(issuedAt);
  const key = `${quarter} ${tenantId}`;
  const delta = issued.get(key) ?? { tenantId, quarter, issued: 0 };
  delta.issued += 1;
  issued.set(key, delta);
}
