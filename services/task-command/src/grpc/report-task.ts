import { parseNodeId, parseTaskId, type TaskCommand, type TaskOutcome } from '@greencloud/domain';
import { outcomeFromProto, releaseReasonFromProto } from '@greencloud/event-log';
import type { ReportFinish, ReportRelease } from '@greencloud/proto/task/v1/task';
import type { TaskReport } from '@greencloud/proto/task/v1/task_command';
import type { AppendRequest, Content } from '../append/append-request.ts';
import { contentInfo } from './content-info.ts';
import { commandId, content, integer, invalid, required, text } from './fields.ts';

const maxResultBytes = 1024 * 1024;
// With it an event stays under 4 KiB: a UTF-16 unit takes at most 3 bytes of UTF-8.
const maxDetailLength = 1_024;
const maxAttempt = 2 ** 31 - 1;
/** What a node can see; the other outcomes are the scheduler's rules and the owner's will. */
const nodeOutcomes: readonly TaskOutcome[] = ['succeeded', 'failed', 'timed_out'];

/** Throws a DomainError for the first field that is wrong. */
export function reportRequest(item: TaskReport, deadline: number): AppendRequest {
  return {
    taskId: parseTaskId(item.taskId),
    commandId: commandId(item.commandId),
    ...commandOf(item),
    idempotency: undefined,
    deadline,
  };
}

interface Reported {
  readonly command: TaskCommand;
  readonly content: Content | undefined;
}

function commandOf(item: TaskReport): Reported {
  const report = required('report', item.report);
  if (report.$case === 'expiry') {
    const attempt = integer('attempt', item.attempt, 0, maxAttempt);
    return { command: { type: 'ExpireTask', attempt }, content: undefined };
  }
  const attempt = integer('attempt', item.attempt, 1, maxAttempt);
  const held = { attempt, nodeId: parseNodeId(item.nodeId) };
  switch (report.$case) {
    case 'progress': {
      const percent = integer('percent', report.value.percent, 0, 100);
      return { command: { type: 'ReportProgress', ...held, percent }, content: undefined };
    }
    case 'finish':
      return finishOf(report.value, held);
    case 'release': {
      const reason = reasonOf(report.value);
      return { command: { type: 'ReleaseTask', ...held, reason }, content: undefined };
    }
    default:
      return report satisfies never;
  }
}

type Held = Pick<Extract<TaskCommand, { type: 'FinishTask' }>, 'attempt' | 'nodeId'>;

function finishOf(report: ReportFinish, held: Held): Reported {
  const outcome = outcomeFromProto(report.outcome);
  if (outcome === undefined || !nodeOutcomes.includes(outcome)) {
    throw invalid(`outcome must be one of ${nodeOutcomes.join(', ')}`);
  }
  const result = content('result', report.result, maxResultBytes);
  const status = integer('status', report.status, 100, 599);
  const detail = text('detail', report.detail, maxDetailLength);
  return {
    command: {
      type: 'FinishTask',
      ...held,
      outcome,
      status,
      detail,
      result: contentInfo(result),
    },
    content: result,
  };
}

function reasonOf(report: ReportRelease) {
  const reason = releaseReasonFromProto(report.reason);
  if (reason === undefined) throw invalid('reason must be a known one');
  return reason;
}
