import type { Batcher } from '@greencloud/runtime';
import type { ResolveLambdaResult } from '@greencloud/proto/lambda/v1/lambda_catalog';
import type { LambdaKey, ResolvedLambda } from '../lambdas/lambda-catalog.ts';
import type { LambdaCatalogClient } from './backends.ts';
import type { Coalescing } from './coalescing.ts';
import { itemErrorOf, missingResult } from './item-error.ts';

const maxKeys = 1_000;
const maxWaiting = 8_192;

/** One call carries every create that waits, and each lambda once however many creates name it. */
export function batchResolves(
  client: LambdaCatalogClient,
  coalesce: Coalescing,
): Batcher<LambdaKey, ResolvedLambda> {
  return coalesce<LambdaKey, ResolvedLambda>('resolveLambdas', {
    maxItems: maxKeys,
    maxWaiting,
    async run(keys) {
      const unique = new Map(keys.map((key) => [nameOf(key), key]));
      const { results } = await client.unary('resolveLambdas', { keys: [...unique.values()] });
      const names = [...unique.keys()];
      const byName = new Map(results.map((result, index) => [names[index], resolvedOf(result)]));
      return keys.map((key) => byName.get(nameOf(key)) ?? missingResult());
    },
  });
}

function nameOf({ tenantId, lambdaId }: LambdaKey): string {
  return `${tenantId}/${lambdaId}`;
}

function resolvedOf({ result }: ResolveLambdaResult): ResolvedLambda | Error {
  if (result === undefined) return missingResult();
  if (result.$case === 'error') return itemErrorOf(result.value);
  const { codeVersion, capabilities } = result.value;
  return capabilities === undefined ? missingResult() : { codeVersion, capabilities };
}
