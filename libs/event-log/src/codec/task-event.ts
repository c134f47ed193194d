import {
  DomainError,
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  parseTenantId,
  type TaskEvent,
  type TaskFinished,
  type TaskIssued,
} from '@greencloud/domain';
import {
  TaskEvent as ProtoTaskEvent,
  type TaskFinished as ProtoTaskFinished,
  type TaskIssued as ProtoTaskIssued,
} from '@greencloud/proto/task/v1/event';
import { EventCodecError } from './codec-error.ts';
import {
  capabilitiesFromProto,
  capabilitiesToProto,
  contentInfoFromProto,
  contentInfoToProto,
} from './content.ts';
import {
  outcomeFromProto,
  outcomeToProto,
  releaseReasonFromProto,
  releaseReasonToProto,
  required,
} from './enums.ts';

type ProtoMember = NonNullable<ProtoTaskEvent['event']>;

/** The version that this release writes; it reads this one and every one before. */
export const schemaVersionOf: Record<TaskEvent['type'], number> = {
  TaskIssued: 1,
  TaskAssigned: 1,
  TaskProgressed: 1,
  TaskReleased: 1,
  TaskFinished: 1,
};

/** The bytes of the log's `data` column. */
export function encodeTaskEvent(event: TaskEvent): Uint8Array {
  return ProtoTaskEvent.encode(toProtoTaskEvent(event)).finish();
}

/** Throws EventCodecError, which says whether a newer release wrote the bytes. */
export function decodeTaskEvent(bytes: Uint8Array): TaskEvent {
  return fromProtoTaskEvent(parse(bytes));
}

function parse(bytes: Uint8Array): ProtoTaskEvent {
  try {
    return ProtoTaskEvent.decode(bytes);
  } catch (error) {
    throw new EventCodecError('malformed', `The bytes are no event: ${String(error)}`);
  }
}

export function toProtoTaskEvent(event: TaskEvent): ProtoTaskEvent {
  return { schemaVersion: schemaVersionOf[event.type], event: toMember(event) };
}

function toMember(event: TaskEvent): ProtoMember {
  switch (event.type) {
    case 'TaskIssued':
      return { $case: 'issued', value: issuedToProto(event) };
    case 'TaskAssigned': {
      const { attempt, nodeId, sessionEpoch } = event;
      return { $case: 'assigned', value: { attempt, nodeId, sessionEpoch } };
    }
    case 'TaskProgressed': {
      const { attempt, percent } = event;
      return { $case: 'progressed', value: { attempt, percent } };
    }
    case 'TaskReleased': {
      const { attempt, reason } = event;
      return { $case: 'released', value: { attempt, reason: releaseReasonToProto(reason) } };
    }
    case 'TaskFinished':
      return { $case: 'finished', value: finishedToProto(event) };
    default:
      return event satisfies never;
  }
}

function issuedToProto(event: TaskIssued): ProtoTaskIssued {
  const { tenantId, lambdaId, codeVersion, timeoutSeconds, payload } = event;
  return {
    tenantId,
    lambdaId,
    codeVersion,
    timeoutSeconds,
    capabilities: capabilitiesToProto(event.capabilities),
    ...(payload === null ? {} : { payload: contentInfoToProto(payload) }),
  };
}

function finishedToProto(event: TaskFinished): ProtoTaskFinished {
  const { attempt, status, detail, result } = event;
  return {
    attempt,
    outcome: outcomeToProto(event.outcome),
    status,
    detail,
    ...(result === null ? {} : { result: contentInfoToProto(result) }),
  };
}

const nameOfCase: Record<ProtoMember['$case'], TaskEvent['type']> = {
  issued: 'TaskIssued',
  assigned: 'TaskAssigned',
  progressed: 'TaskProgressed',
  released: 'TaskReleased',
  finished: 'TaskFinished',
};

/** Throws EventCodecError. */
export function fromProtoTaskEvent(proto: ProtoTaskEvent): TaskEvent {
  const { event: member, schemaVersion } = proto;
  if (schemaVersion === 0)
    throw new EventCodecError('malformed', 'The event has no schema version');
  if (member === undefined) {
    throw new EventCodecError('unknown_event', 'The event has no member that this release knows');
  }
  const name = nameOfCase[member.$case];
  if (schemaVersion > schemaVersionOf[name]) {
    throw new EventCodecError('newer_schema', `${name} in schema version ${schemaVersion}`);
  }
  try {
    return fromMember(member);
  } catch (error) {
    if (error instanceof DomainError) throw new EventCodecError('malformed', error.message);
    throw error;
  }
}

function fromMember(member: ProtoMember): TaskEvent {
  switch (member.$case) {
    case 'issued':
      return issuedFromProto(member.value);
    case 'assigned': {
      const { attempt, nodeId, sessionEpoch } = member.value;
      return { type: 'TaskAssigned', attempt, nodeId: parseNodeId(nodeId), sessionEpoch };
    }
    case 'progressed': {
      const { attempt, percent } = member.value;
      return { type: 'TaskProgressed', attempt, percent };
    }
    case 'released': {
      const { attempt, reason } = member.value;
      const known = required(releaseReasonFromProto(reason), 'known reason');
      return { type: 'TaskReleased', attempt, reason: known };
    }
    case 'finished':
      return finishedFromProto(member.value);
    default:
      return member satisfies never;
  }
}

function issuedFromProto(value: ProtoTaskIssued): TaskIssued {
  return {
    type: 'TaskIssued',
    tenantId: parseTenantId(value.tenantId),
    lambdaId: parseLambdaId(value.lambdaId),
    codeVersion: parseCodeVersion(value.codeVersion),
    timeoutSeconds: value.timeoutSeconds,
    capabilities: capabilitiesFromProto(required(value.capabilities, 'capabilities')),
    payload: value.payload === undefined ? null : contentInfoFromProto(value.payload),
  };
}

function finishedFromProto(value: ProtoTaskFinished): TaskFinished {
  const { attempt, status, detail, result } = value;
  return {
    type: 'TaskFinished',
    attempt,
    outcome: required(outcomeFromProto(value.outcome), 'known outcome'),
    status,
    detail,
    result: result === undefined ? null : contentInfoFromProto(result),
  };
}
