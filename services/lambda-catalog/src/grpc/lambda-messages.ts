import { DomainError, parseLambdaId, parseTenantId } from '@greencloud/domain';
import type {
  Lambda as LambdaMessage,
  LambdaCapabilities,
  LambdaKey as LambdaKeyMessage,
  ResolveLambdaResult,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import type { Demands, Lambda, LambdaKey } from '../lambda/lambda.ts';
import type { ResolvedLambda } from '../lambda/resolve-lambdas.ts';

/** Throws INVALID_ID or NEEDS_LOGIN. */
export function readKey(key: LambdaKeyMessage | undefined): LambdaKey {
  if (key === undefined)
    throw new DomainError('INVALID_PARAMETER', 'The key of the lambda is missing');
  return { tenantId: parseTenantId(key.tenantId), lambdaId: parseLambdaId(key.lambdaId) };
}

export function toLambdaMessage(lambda: Lambda): LambdaMessage {
  return {
    lambdaId: lambda.lambdaId,
    name: lambda.name,
    description: lambda.description,
    tags: [...lambda.tags],
    scmUrl: lambda.scmUrl,
    lang: lambda.lang,
    type: lambda.type,
    paused: lambda.paused,
    codeVersion: lambda.codeVersion === 'none' ? '' : lambda.codeVersion,
    capabilities: toCapabilitiesMessage(lambda.demands),
    createdAt: BigInt(lambda.createdAt.getTime()),
    updatedAt: BigInt(lambda.updatedAt.getTime()),
  };
}

export function toCapabilitiesMessage(demands: Demands): LambdaCapabilities {
  return { ...demands };
}

export function toResolveResult(resolved: ResolvedLambda | DomainError): ResolveLambdaResult {
  if (resolved instanceof DomainError) {
    const { code, message } = resolved;
    return { result: { $case: 'error', value: { code, message } } };
  }
  const { codeVersion, capabilities } = resolved;
  return { result: { $case: 'lambda', value: { codeVersion, capabilities } } };
}
