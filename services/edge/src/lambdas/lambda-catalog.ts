import type { Capabilities, LambdaId, TenantId } from '@greencloud/domain';
import type { Page } from '../tasks/task-services.ts';

export interface LambdaKey {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
}

export type LambdaLanguage = 'go' | 'py' | 'js' | 'cs' | 'rb';
export type LambdaType = 'docker' | 'module';

export interface NewLambda {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly scmUrl: string;
  readonly lang: LambdaLanguage;
  readonly type: LambdaType;
}

/** What is undefined stays as it is. */
export interface LambdaChanges {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly scmUrl: string | undefined;
}

/** What is undefined was never set. */
export interface LambdaDemands {
  readonly timeout?: number | undefined;
  readonly cpuCount?: number | undefined;
  readonly memSize?: number | undefined;
  readonly networkLatency?: number | undefined;
  readonly privileged?: boolean | undefined;
}

export interface Lambda {
  readonly lambdaId: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly scmUrl: string;
  readonly lang: string;
  readonly type: string;
  readonly paused: boolean;
  /** Empty: no code yet. */
  readonly codeVersion: string;
  readonly demands: LambdaDemands;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ResolvedLambda {
  readonly codeVersion: string;
  readonly capabilities: Capabilities;
}

export interface LambdaPage {
  readonly lambdas: readonly Lambda[];
  readonly next: string;
}

export interface LambdaCatalog {
  /** Rejects with `LAMBDA_NOT_FOUND`, `NO_RUNNER` or `LAMBDA_PAUSED`. */
  resolve(key: LambdaKey): Promise<ResolvedLambda>;
  create(tenantId: TenantId, lambda: NewLambda, signal: AbortSignal): Promise<string>;
  get(key: LambdaKey, signal: AbortSignal): Promise<Lambda>;
  /** Of any tag where `tag` is empty. */
  list(tenantId: TenantId, tag: string, page: Page, signal: AbortSignal): Promise<LambdaPage>;
  update(key: LambdaKey, changes: LambdaChanges, signal: AbortSignal): Promise<Lambda>;
  remove(key: LambdaKey, signal: AbortSignal): Promise<void>;
  demands(key: LambdaKey, signal: AbortSignal): Promise<LambdaDemands>;
  setDemands(key: LambdaKey, demands: LambdaDemands, signal: AbortSignal): Promise<LambdaDemands>;
  /** Answers the new code version. */
  putCode(key: LambdaKey, code: Uint8Array, signal: AbortSignal): Promise<string>;
  togglePause(key: LambdaKey, signal: AbortSignal): Promise<void>;
}
