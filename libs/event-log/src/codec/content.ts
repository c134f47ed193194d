import type { Capabilities, ContentInfo } from '@greencloud/domain';
import type {
  Capabilities as ProtoCapabilities,
  ContentInfo as ProtoContentInfo,
} from '@greencloud/proto/task/v1/task';

export function contentInfoToProto(info: ContentInfo): ProtoContentInfo {
  const { size, contentType, hash } = info;
  return { size, contentType, hash: Buffer.from(hash, 'hex') };
}

export function contentInfoFromProto(info: ProtoContentInfo): ContentInfo {
  const { size, contentType, hash } = info;
  return { size, contentType, hash: Buffer.from(hash).toString('hex') };
}

export function capabilitiesToProto(capabilities: Capabilities): ProtoCapabilities {
  return { ...capabilities };
}

export function capabilitiesFromProto(capabilities: ProtoCapabilities): Capabilities {
  const { cpuCount, memSize, networkLatency, privileged } = capabilities;
  return { cpuCount, memSize, networkLatency, privileged };
}
