import type { Lambda, LambdaDemands } from '../../../lambdas/lambda-catalog.ts';
import { unixSeconds } from '../unix-time.ts';

export function lambdaJson(lambda: Lambda): object {
  return {
    id: lambda.lambdaId,
    name: lambda.name,
    description: lambda.description,
    tag: lambda.tags,
    scmUrl: lambda.scmUrl,
    lang: lambda.lang,
    type: lambda.type,
    paused: lambda.paused,
    codeVersion: lambda.codeVersion,
    capabilities: demandsJson(lambda.demands),
    created: unixSeconds(lambda.createdAt),
    updated: unixSeconds(lambda.updatedAt),
  };
}

/** Members that were never set are left out. */
export function demandsJson({ timeout, cpuCount, memSize, ...rest }: LambdaDemands): object {
  const { networkLatency, privileged } = rest;
  return { timeout, cpuCount, memSize, networkLatency, privileged };
}
