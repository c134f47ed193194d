import { DomainError, parseNodeId, parseTaskId } from '@greencloud/domain';
import { outcomeFromProto, releaseReasonFromProto } from '@greencloud/event-log';
import type {
  ConnectRequest,
  Hello as ProtoHello,
  Report,
  RunningAttempt,
} from '@greencloud/proto/node/v1/node';
import type { Content, ReportFinish } from '@greencloud/proto/task/v1/task';
import type { LogContent } from '@greencloud/event-log';
import type { Attempt, FromNode, Hello, NodeReport, ReportBody } from '../fleet/messages.ts';
import { offerFromProto } from './node-offer.ts';

const mostRunning = 10_000;
const mostResultBytes = 1024 * 1024;
const mostDetail = 1_024;

/** Throws INVALID_ID or VALIDATION_FAILED: a node that begins like this is not let in. */
export function helloFromProto(hello: ProtoHello): Hello {
  if (hello.bootId.length === 0 || hello.bootId.length > 64) {
    throw new DomainError('VALIDATION_FAILED', 'boot_id must have 1..64 characters');
  }
  if (hello.running.length > mostRunning) {
    throw new DomainError('VALIDATION_FAILED', `At most ${mostRunning} attempts can run`);
  }
  return {
    nodeId: parseNodeId(hello.nodeId),
    bootId: hello.bootId,
    offer: offerFromProto(hello.capabilities),
    running: hello.running.map(attemptFromProto),
  };
}

/** Undefined for a message that means nothing here: of a newer agent, or a second Hello. */
export function fromNode({ message }: ConnectRequest): FromNode | undefined {
  switch (message?.$case) {
    case 'heartbeat':
      return { kind: 'heartbeat', sequence: message.value.sequence };
    case 'reports':
      return { kind: 'reports', reports: message.value.reports.map(reportFromProto) };
    case 'draining':
      return { kind: 'draining' };
    case 'hello':
    case undefined:
    default:
      return undefined;
  }
}

function attemptFromProto({ taskId, attempt }: RunningAttempt): Attempt {
  return { taskId: parseTaskId(taskId), attempt };
}

/** One report that makes no sense must not end the session of a node with a thousand others. */
function reportFromProto(report: Report): NodeReport {
  const { sequence } = report;
  try {
    return { sequence, attempt: attemptFromProto(report), body: bodyOf(report.report) };
  } catch {
    return { sequence, attempt: undefined, body: unusable('no task id') };
  }
}

function bodyOf(report: Report['report']): ReportBody {
  switch (report?.$case) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'progress':
      if (report.value.percent > 100) return unusable('progress above 100');
      return { kind: 'progress', percent: report.value.percent };
    case 'finish':
      return finishOf(report.value);
    case 'release': {
      const reason = releaseReasonFromProto(report.value.reason);
      const isSayable = reason === 'drained' || reason === 'refused';
      return isSayable ? { kind: 'release', reason } : unusable('a reason that no node may give');
    }
    case 'returned':
      return { kind: 'returned' };
    case undefined:
    default:
      return unusable('an unknown report');
  }
}

function finishOf(finish: ReportFinish): ReportBody {
  const outcome = outcomeFromProto(finish.outcome);
  if (outcome !== 'succeeded' && outcome !== 'failed' && outcome !== 'timed_out') {
    return failed('The node reported an outcome that no node may give');
  }
  if ((finish.result?.body.byteLength ?? 0) > mostResultBytes) {
    return failed(`The result has more than ${mostResultBytes} bytes`);
  }
  const status = finish.status >= 100 && finish.status <= 599 ? finish.status : 500;
  const detail = textOf(finish.detail);
  return { kind: 'finish', outcome, status, detail, result: contentOf(finish.result) };
}

/** The log takes neither half characters nor NUL, and a lambda may throw both. */
function textOf(detail: string): string {
  return detail.slice(0, mostDetail).toWellFormed().replaceAll('\0', '\u{fffd}');
}

/** What cannot be recorded as it is must still end its task. */
function failed(detail: string): ReportBody {
  return { kind: 'finish', outcome: 'failed', status: 500, detail, result: undefined };
}

function contentOf(content: Content | undefined): LogContent | undefined {
  if (content === undefined) return undefined;
  const isMediaType = /^[\x20-\x7e]{1,255}$/.test(content.contentType);
  const contentType = isMediaType ? content.contentType : 'application/octet-stream';
  return { contentType, body: content.body };
}

function unusable(problem: string): ReportBody {
  return { kind: 'unusable', problem };
}
