import type { TaskFinished } from '@greencloud/domain';
import type { EventRow, LogTables } from '../postgres/log-tables.ts';
import type { Topology } from '../processes/topology.ts';
import type { Requests } from './requests.ts';
import type { TaskRecord } from './task-record.ts';
import type { Violations } from './violations.ts';

export interface FinishChecksOptions {
  readonly violations: Violations;
  readonly topology: Topology;
  readonly requests: Requests;
}

// The clock of a replica is up to a second off.
const skewMs = 1_100;
/** The fifth loss ends a task. */
const lossesBefore = 4;

/** Whether an end is one that somebody has a right to. */
export class FinishChecks {
  readonly #options: FinishChecksOptions;

  constructor(options: FinishChecksOptions) {
    this.#options = options;
  }

  check(before: TaskRecord, event: TaskFinished, row: EventRow, log: LogTables): void {
    const { violations } = this.#options;
    if (event.outcome === 'succeeded') return this.#checkResult(before, log);
    const problem = this.#problemOf(before, event.outcome, row.recorded_at.getTime());
    violations.check('nothing unasked', problem === undefined, () => {
      return `${before.taskId} is ${event.outcome}: ${problem}`;
    });
  }

  /** The lambda has written into its answer which attempt it was, and where. */
  #checkResult({ taskId, attempt, nodeId }: TaskRecord, log: LogTables): void {
    const made = log.results.get(taskId)?.body.toString();
    const isOfAttempt = made === `${taskId} ${attempt} ${nodeId}`;
    this.#options.violations.check('no fenced report', isOfAttempt, () => {
      return `the result of ${taskId} is "${made}", its attempt ${attempt} was at ${nodeId}`;
    });
  }

  #problemOf(
    { taskId, nodeId, issued, issuedAt, assignedAt, losses }: TaskRecord,
    outcome: Exclude<TaskFinished['outcome'], 'succeeded'>,
    now: number,
  ): string | undefined {
    const { requests, topology } = this.#options;
    const unless = (holds: boolean, why: string) => (holds ? undefined : why);
    switch (outcome) {
      case 'failed':
        return unless(nodeId !== null, 'no node had it');
      case 'timed_out': {
        const heldMs = now - (assignedAt ?? now);
        const isLate = heldMs + skewMs >= issued.timeoutSeconds * 1_000;
        return unless(nodeId !== null && isLate, `a node had it for ${heldMs} ms`);
      }
      case 'cancelled':
        return unless(requests.cancels.has(taskId), 'nobody cancelled it');
      case 'expired': {
        const waitedMs = now - issuedAt;
        const isLate = waitedMs + skewMs >= topology.limits.queueLimitMs;
        return unless(isLate, `it waited ${waitedMs} ms`);
      }
      case 'lost':
        return unless(losses >= lossesBefore, `it lost its node ${losses} times before`);
      default:
        return outcome satisfies never;
    }
  }
}
