import type { ReleaseReason, TaskOutcome } from '@greencloud/domain';
import {
  type ConnectRequest,
  EnergySource as ProtoEnergySource,
  Isolation,
  type NodeCapabilities,
  type Report as ProtoReport,
} from '@greencloud/proto/node/v1/node';
import {
  ReleaseReason as ProtoReleaseReason,
  TaskOutcome as ProtoOutcome,
} from '@greencloud/proto/task/v1/task';
import type { Content, ReportBody } from '../attempts/messages.ts';
import type { EnergySource, NodeOffer, Report, ToScheduler } from '../session/messages.ts';

const outcomes: Record<TaskOutcome, ProtoOutcome> = {
  succeeded: ProtoOutcome.TASK_OUTCOME_SUCCEEDED,
  failed: ProtoOutcome.TASK_OUTCOME_FAILED,
  timed_out: ProtoOutcome.TASK_OUTCOME_TIMED_OUT,
  cancelled: ProtoOutcome.TASK_OUTCOME_CANCELLED,
  expired: ProtoOutcome.TASK_OUTCOME_EXPIRED,
  lost: ProtoOutcome.TASK_OUTCOME_LOST,
};

const reasons: Record<ReleaseReason, ProtoReleaseReason> = {
  node_lost: ProtoReleaseReason.RELEASE_REASON_NODE_LOST,
  drained: ProtoReleaseReason.RELEASE_REASON_DRAINED,
  refused: ProtoReleaseReason.RELEASE_REASON_REFUSED,
  unacknowledged: ProtoReleaseReason.RELEASE_REASON_UNACKNOWLEDGED,
};

const sources: Record<EnergySource, ProtoEnergySource> = {
  renewable: ProtoEnergySource.ENERGY_SOURCE_RENEWABLE,
  battery: ProtoEnergySource.ENERGY_SOURCE_BATTERY,
  grid: ProtoEnergySource.ENERGY_SOURCE_GRID,
  unknown: ProtoEnergySource.ENERGY_SOURCE_UNSPECIFIED,
};

const isolations: Record<NodeOffer['isolation'], Isolation> = {
  namespace: Isolation.ISOLATION_NAMESPACE,
  process: Isolation.ISOLATION_PROCESS,
};

export function toProto(message: ToScheduler): ConnectRequest {
  switch (message.kind) {
    case 'hello': {
      const { nodeId, bootId, offer, running } = message;
      const hello = { nodeId, bootId, capabilities: capabilities(offer), running: [...running] };
      return { message: { $case: 'hello', value: hello } };
    }
    case 'heartbeat':
      return { message: { $case: 'heartbeat', value: { sequence: message.sequence } } };
    case 'reports':
      return { message: { $case: 'reports', value: { reports: message.reports.map(report) } } };
    case 'draining':
      return { message: { $case: 'draining', value: {} } };
    default:
      return message satisfies never;
  }
}

function capabilities(offer: NodeOffer): NodeCapabilities {
  return {
    cpuCount: offer.cpuCount,
    memSize: offer.memSizeMib,
    networkLatency: offer.networkLatencyMs,
    privileged: offer.privileged,
    slots: offer.slots,
    lookahead: offer.lookahead,
    energy: { source: sources[offer.energySource], carbonIntensity: offer.carbonIntensity },
    isolation: isolations[offer.isolation],
    trustedTenants: [...offer.trustedTenants],
    acceptsUntrusted: offer.acceptsUntrusted,
  };
}

function report({ sequence, taskId, attempt, body }: Report): ProtoReport {
  return { sequence, taskId, attempt, report: reportBody(body) };
}

function reportBody(body: ReportBody): ProtoReport['report'] {
  switch (body.kind) {
    case 'accepted':
      return { $case: 'accepted', value: {} };
    case 'progress':
      return { $case: 'progress', value: { percent: body.percent } };
    case 'release':
      return { $case: 'release', value: { reason: reasons[body.reason] } };
    case 'returned':
      return { $case: 'returned', value: {} };
    case 'finish': {
      const { status, detail } = body;
      const outcome = outcomes[body.outcome];
      return { $case: 'finish', value: { outcome, status, detail, result: content(body.result) } };
    }
    default:
      return body satisfies never;
  }
}

function content(result: Content | undefined) {
  if (result === undefined) return undefined;
  const { contentType, body } = result;
  return { contentType, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}
