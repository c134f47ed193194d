import type { Logger } from '@greencloud/runtime';
import { Attempts } from '../attempts/attempts.ts';
import { executeAttempt, type Execution } from '../attempts/execute-attempt.ts';
import type { Assignment } from '../attempts/messages.ts';
import type { RunningAttempt } from '../attempts/running-attempt.ts';
import type { NodeOffer } from '../session/messages.ts';
import type { ReportOutbox } from '../session/report-outbox.ts';
import type { AgentMetrics } from './agent-metrics.ts';

export interface WorkOptions {
  readonly offer: NodeOffer;
  readonly execution: Omit<Execution, 'onProgress' | 'onOutput'>;
  readonly outbox: ReportOutbox;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
}

/** Attempts that run in sandboxes and report to the outbox. */
export function createWork({ offer, execution, outbox, metrics, logger }: WorkOptions): Attempts {
  const onProgress = ({ assignment }: RunningAttempt, percent: number) =>
    outbox.add(assignment, { kind: 'progress', percent });
  const onOutput = ({ assignment: { taskId, attempt } }: RunningAttempt, output: string) =>
    logger.debug({ taskId, attempt, output }, 'the lambda printed');
  return new Attempts({
    slots: { memSize: offer.memSizeMib, slots: offer.slots },
    lookahead: offer.lookahead,
    accepts: (assignment) => mayRun(assignment, offer),
    execute: (attempt) => executeAttempt(attempt, { ...execution, onProgress, onOutput }),
    hasEnded: (key) => outbox.hasEnded(key),
    report: (key, body) => outbox.add(key, body),
    forget: (key) => outbox.drop(key),
    onEnd: (_, ending) => metrics.ended(ending),
  });
}

/** The scheduler knows it too; but this machine is the one that would be harmed. */
function mayRun({ tenantId }: Assignment, offer: NodeOffer): boolean {
  if (offer.isolation === 'namespace' || offer.acceptsUntrusted) return true;
  return offer.trustedTenants.includes(tenantId);
}
