import { parseCodeVersion, parseLambdaId, parseTaskId, parseTenantId } from '@greencloud/domain';
import type {
  Assignment as ProtoAssignment,
  ConnectResponse,
  RunningAttempt as ProtoAttempt,
} from '@greencloud/proto/node/v1/node';
import type { Assignment, AttemptKey } from '../attempts/messages.ts';
import type { FromScheduler } from '../session/messages.ts';

/** Throws INVALID_ID for an id of the wrong shape. */
export function fromProto({ message }: ConnectResponse): FromScheduler {
  switch (message?.$case) {
    case 'welcome': {
      const { sessionEpoch, heartbeatIntervalMs, fenceAfterMs } = message.value;
      return { kind: 'welcome', sessionEpoch, heartbeatMs: heartbeatIntervalMs, fenceAfterMs };
    }
    case 'assignments':
      return { kind: 'assignments', assignments: message.value.assignments.map(assignment) };
    case 'cancellations':
      return { kind: 'cancellations', attempts: message.value.attempts.map(attemptKey) };
    case 'fencings':
      return { kind: 'fencings', attempts: message.value.attempts.map(attemptKey) };
    case 'reportAcks':
      return { kind: 'report-acks', upTo: message.value.upToSequence };
    case 'heartbeatAck':
      return { kind: 'heartbeat-ack', sequence: message.value.sequence };
    case 'drain':
      return { kind: 'drain' };
    case undefined:
      return { kind: 'unknown' };
    default:
      return message satisfies never;
  }
}

function attemptKey({ taskId, attempt }: ProtoAttempt): AttemptKey {
  return { taskId: parseTaskId(taskId), attempt };
}

function assignment(proto: ProtoAssignment): Assignment {
  return {
    taskId: parseTaskId(proto.taskId),
    attempt: proto.attempt,
    tenantId: parseTenantId(proto.tenantId),
    lambdaId: parseLambdaId(proto.lambdaId),
    codeVersion: parseCodeVersion(proto.codeVersion),
    timeoutSeconds: proto.timeoutSeconds,
    memSize: proto.memSize,
    payload: proto.payload,
  };
}
