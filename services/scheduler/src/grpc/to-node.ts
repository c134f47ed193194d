import type {
  ConnectResponse,
  Assignment as ProtoAssignment,
} from '@greencloud/proto/node/v1/node';
import type { Assignment, Attempt, ToNode } from '../fleet/messages.ts';
import { bufferOf } from './buffer-of.ts';

export function toNode(message: ToNode): ConnectResponse {
  return { message: valueOf(message) };
}

function valueOf(message: ToNode): NonNullable<ConnectResponse['message']> {
  switch (message.kind) {
    case 'welcome': {
      const { epoch, heartbeatMs, fenceAfterMs } = message;
      const value = { sessionEpoch: epoch, heartbeatIntervalMs: heartbeatMs, fenceAfterMs };
      return { $case: 'welcome', value };
    }
    case 'assignments': {
      const assignments = message.assignments.map(assignmentToProto);
      return { $case: 'assignments', value: { assignments } };
    }
    case 'cancellations':
      return { $case: 'cancellations', value: { attempts: attemptsOf(message.attempts) } };
    case 'fencings':
      return { $case: 'fencings', value: { attempts: attemptsOf(message.attempts) } };
    case 'report-acks':
      return { $case: 'reportAcks', value: { upToSequence: message.upTo } };
    case 'heartbeat-ack':
      return { $case: 'heartbeatAck', value: { sequence: message.sequence } };
    case 'drain':
      return { $case: 'drain', value: {} };
    default:
      return message satisfies never;
  }
}

function assignmentToProto({ payload, ...assignment }: Assignment): ProtoAssignment {
  if (payload === undefined) return assignment;
  const { contentType, body } = payload;
  return { ...assignment, payload: { contentType, body: bufferOf(body) } };
}

function attemptsOf(attempts: readonly Attempt[]) {
  return attempts.map(({ taskId, attempt }) => ({ taskId, attempt }));
}
