import type { Batcher } from '@greencloud/runtime';
import type { ResolveLambdaResult } from '@greencloud/proto/lambda/v1/lambda_catalog';
import type { LambdaKey, ResolvedLambda } from '../lambdas/lambda-catalog.ts';
import { type LeasedLambda, nameOf } from '../lambdas/lambda-leases.ts';
import type { LambdaCatalogClient } from './backends.ts';
import type { Coalescing } from './coalescing.ts';
import { itemErrorOf, missingResult } from './item-error.ts';

const maxKeys = 1_000;
const maxWaiting = 8_192;

/** One call carries every create that waits, and each lambda once however many creates name it. */
export function batchResolves(
  client: LambdaCatalogClient,
  coalesce: Coalescing,
): Batcher<LambdaKey, LeasedLambda> {
  return coalesce<LambdaKey, LeasedLambda>('resolveLambdas', {
    maxItems: maxKeys,
    maxWaiting,
    async run(keys) {
      const unique = new Map(keys.map((key) => [nameOf(key), key]));
      // Before the first try: whatever the catalog reads for this call, it reads later.
      const askedAt = performance.now();
      const request = { keys: [...unique.values()] };
      const { results, freshForMs } = await client.unary('resolveLambdas', request);
      const names = [...unique.keys()];
      const byName = new Map(results.map((result, index) => [names[index], resolvedOf(result)]));
      return keys.map((key) => {
        const lambda = byName.get(nameOf(key)) ?? missingResult();
        return lambda instanceof Error ? lambda : { lambda, askedAt, freshForMs };
      });
    },
  });
}

function resolvedOf({ result }: ResolveLambdaResult): ResolvedLambda | Error {
  if (result === undefined) return missingResult();
  if (result.$case === 'error') return itemErrorOf(result.value);
  const { codeVersion, capabilities } = result.value;
  return capabilities === undefined ? missingResult() : { codeVersion, capabilities };
}
