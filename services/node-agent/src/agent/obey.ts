import type { Logger } from '@greencloud/runtime';
import type { Attempts } from '../attempts/attempts.ts';
import type { Assignment } from '../attempts/messages.ts';
import type { SandboxPool } from '../pool/sandbox-pool.ts';
import type { Order } from '../session/messages.ts';
import type { ReportOutbox } from '../session/report-outbox.ts';
import type { AgentMetrics } from './agent-metrics.ts';

export interface ObeyOptions {
  readonly attempts: Attempts;
  readonly outbox: ReportOutbox;
  readonly pool: SandboxPool;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
}

// A result is 1 MiB at most. A scheduler that takes no reports gets no more work out of us.
const MAX_WAITING_BYTES = 64 * 1_048_576;

/** Does what the scheduler says. */
export function obey(order: Order, options: ObeyOptions): void {
  const { attempts, metrics, pool, logger } = options;
  switch (order.kind) {
    case 'assignments':
      for (const assignment of order.assignments) take(assignment, options);
      return;
    case 'cancellations':
      for (const key of order.attempts) attempts.cancel(key);
      return;
    case 'fencings':
      for (const key of order.attempts) attempts.fence(key);
      return metrics.fenced(order.attempts.length);
    case 'drain':
      // The scheduler gives nothing new while it lasts, and alone knows when it is over.
      logger.info('drain: no new work is to be expected');
      return pool.cool();
    default:
      return order satisfies never;
  }
}

function take(assignment: Assignment, { attempts, outbox, logger }: ObeyOptions): void {
  if (outbox.bytes < MAX_WAITING_BYTES) return attempts.assign(assignment);
  // Not even refused: that would be one more report. The scheduler takes it back by itself.
  const { taskId, attempt } = assignment;
  logger.warn({ taskId, attempt, waiting: outbox.size }, 'not taken: reports are not acknowledged');
}
