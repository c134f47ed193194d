import type { TenantId } from '@greencloud/domain';

export type EnergySource = 'renewable' | 'battery' | 'grid' | 'unknown';

export interface Energy {
  readonly source: EnergySource;
  /** gCO2e/kWh. */
  readonly carbonIntensity: number | 'unknown';
}

/** How a node keeps lambdas apart: by namespaces (bubblewrap), or only by Node's permission model. */
export type Isolation = 'namespace' | 'process';

/** Whose code may run where isolation is weak. */
export type Trust = 'anyone' | readonly TenantId[];

/**
 * What a node says of itself in its Hello. Sizes (`memSize` in MiB, `networkLatency` in ms) are what
 * one task may demand: the contract compares demands with them, it does not divide them. What runs
 * together shares the memory, by slots.
 */
export interface NodeOffer {
  readonly cpuCount: number;
  readonly memSize: number;
  readonly networkLatency: number;
  readonly privileged: boolean;
  readonly slots: number;
  /** Tasks that it takes beyond its slots while they are short. */
  readonly lookahead: number;
  readonly energy: Energy;
  readonly isolation: Isolation;
  /** Counts only with less than namespace isolation. */
  readonly trusts: Trust;
}
