import type { NodeId, TenantId } from '@greencloud/domain';

export interface NodeKey {
  readonly tenantId: TenantId;
  readonly nodeId: NodeId;
}

export type EnergySource = 'renewable' | 'battery' | 'grid' | 'unknown';

export interface Energy {
  readonly source: EnergySource;
  /** gCO2e/kWh; null: unknown. */
  readonly carbonIntensity: number | null;
}

export interface NodeCapabilities {
  readonly cpuCount: number;
  readonly memSize: number;
  readonly networkLatency: number;
  readonly privileged: boolean;
  readonly slots: number;
}

export interface Node {
  readonly nodeId: string;
  readonly description: string;
  readonly available: boolean;
  readonly disabled: boolean;
  readonly draining: boolean;
  readonly running: number;
  /** Null: never connected. */
  readonly capabilities: NodeCapabilities | null;
  readonly energy: Energy;
  /** Unix milliseconds, 0: never. */
  readonly lastSeenAt: number;
}

export interface NodeCounts {
  readonly active: number;
  readonly free: number;
  readonly busy: number;
}

export interface NodeAdmin {
  /** Answers the node's token; enrolling one's own node again makes a new one. */
  enrol(key: NodeKey, description: string, signal: AbortSignal): Promise<string>;
  list(tenantId: TenantId, signal: AbortSignal): Promise<readonly Node[]>;
  disable(key: NodeKey, signal: AbortSignal): Promise<void>;
  restore(key: NodeKey, signal: AbortSignal): Promise<void>;
  drain(key: NodeKey, signal: AbortSignal): Promise<void>;
  count(tenantId: TenantId, signal: AbortSignal): Promise<NodeCounts>;
}
