import type { ReleaseReason, TaskOutcome } from '@greencloud/domain';
import {
  ReleaseReason as ProtoReleaseReason,
  TaskOutcome as ProtoTaskOutcome,
} from '@greencloud/proto/task/v1/task';
import { EventCodecError } from './codec-error.ts';

const protoOfOutcome: Record<TaskOutcome, ProtoTaskOutcome> = {
  succeeded: ProtoTaskOutcome.TASK_OUTCOME_SUCCEEDED,
  failed: ProtoTaskOutcome.TASK_OUTCOME_FAILED,
  timed_out: ProtoTaskOutcome.TASK_OUTCOME_TIMED_OUT,
  cancelled: ProtoTaskOutcome.TASK_OUTCOME_CANCELLED,
  expired: ProtoTaskOutcome.TASK_OUTCOME_EXPIRED,
  lost: ProtoTaskOutcome.TASK_OUTCOME_LOST,
};

const protoOfReason: Record<ReleaseReason, ProtoReleaseReason> = {
  node_lost: ProtoReleaseReason.RELEASE_REASON_NODE_LOST,
  drained: ProtoReleaseReason.RELEASE_REASON_DRAINED,
  refused: ProtoReleaseReason.RELEASE_REASON_REFUSED,
  unacknowledged: ProtoReleaseReason.RELEASE_REASON_UNACKNOWLEDGED,
};

function inverse<Name extends string, Value>(table: Record<Name, Value>): ReadonlyMap<Value, Name> {
  const names = Object.keys(table) as Name[];
  return new Map(names.map((name) => [table[name], name]));
}

const outcomeOfProto = inverse(protoOfOutcome);
const reasonOfProto = inverse(protoOfReason);

export function outcomeToProto(outcome: TaskOutcome): ProtoTaskOutcome {
  return protoOfOutcome[outcome];
}

/** Undefined for UNSPECIFIED and for numbers of a newer release. */
export function outcomeFromProto(value: ProtoTaskOutcome): TaskOutcome | undefined {
  return outcomeOfProto.get(value);
}

export function releaseReasonToProto(reason: ReleaseReason): ProtoReleaseReason {
  return protoOfReason[reason];
}

/** Undefined for UNSPECIFIED and for numbers of a newer release. */
export function releaseReasonFromProto(value: ProtoReleaseReason): ReleaseReason | undefined {
  return reasonOfProto.get(value);
}

/** A member of an event that must be there. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new EventCodecError('malformed', `The event has no ${what}`);
  return value;
}
