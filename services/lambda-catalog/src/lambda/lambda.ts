import type { CodeVersion, LambdaId, TenantId } from '@greencloud/domain';

export const languages = ['go', 'py', 'js', 'cs', 'rb'] as const;
export const lambdaTypes = ['docker', 'module'] as const;

type Language = (typeof languages)[number];
type LambdaType = (typeof lambdaTypes)[number];

/** A lambda of one tenant: for everybody else it does not exist. */
export interface LambdaKey {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
}

export interface LambdaDraft {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Empty: none. */
  readonly scmUrl: string;
  readonly lang: Language;
  readonly type: LambdaType;
}

/** What is undefined stays as it is. */
export type LambdaChanges = {
  readonly [Member in 'name' | 'description' | 'tags' | 'scmUrl']?: LambdaDraft[Member] | undefined;
};

/** What is undefined was never demanded. */
export interface Demands {
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Cores. */
  readonly cpuCount?: number | undefined;
  /** MiB. */
  readonly memSize?: number | undefined;
  /** The most it may be, in ms. */
  readonly networkLatency?: number | undefined;
  readonly privileged?: boolean | undefined;
}

export interface Lambda extends LambdaDraft {
  readonly lambdaId: LambdaId;
  readonly paused: boolean;
  readonly codeVersion: CodeVersion | 'none';
  readonly demands: Demands;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
