import { randomUUID } from 'node:crypto';
import type {
  Lambda as ProtoLambda,
  LambdaCapabilities as ProtoDemands,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import type { Lambda, LambdaCatalog, LambdaDemands } from '../lambdas/lambda-catalog.ts';
import { createLambdaLeases } from '../lambdas/lambda-leases.ts';
import type { LambdaCatalogClient } from './backends.ts';
import type { Coalescing } from './coalescing.ts';
import { missingResult } from './item-error.ts';
import { batchResolves } from './resolve-lambdas.ts';

export function lambdaCatalogOf(client: LambdaCatalogClient, coalesce: Coalescing): LambdaCatalog {
  const resolves = batchResolves(client, coalesce);
  return {
    ...createLambdaLeases({ ask: (key) => resolves.submit(key) }),
    async create(tenantId, { tags, ...lambda }, signal) {
      const request = { ...lambda, tenantId, tags: [...tags], requestId: randomUUID() };
      return (await client.unary('createLambda', request, { signal })).lambdaId;
    },
    async get(key, signal) {
      return lambdaOf((await client.unary('getLambda', { key }, { signal })).lambda);
    },
    async list(tenantId, tag, { limit: pageSize, cursor: pageToken }, signal) {
      const request = { tenantId, tag, pageSize, pageToken };
      const { lambdas, nextPageToken } = await client.unary('listLambdas', request, { signal });
      return { lambdas: lambdas.map(lambdaOf), next: nextPageToken };
    },
    async update(key, { tags, ...changes }, signal) {
      const request = {
        key,
        ...changes,
        ...(tags === undefined ? {} : { tags: { tags: [...tags] } }),
      };
      return lambdaOf((await client.unary('updateLambda', request, { signal })).lambda);
    },
    async remove(key, signal) {
      await client.unary('deleteLambda', { key }, { signal });
    },
    async demands(key, signal) {
      return demandsOf((await client.unary('getCapabilities', { key }, { signal })).capabilities);
    },
    async setDemands(key, demands, signal) {
      const request = { key, capabilities: demands };
      return demandsOf((await client.unary('setCapabilities', request, { signal })).capabilities);
    },
    async putCode(key, code, signal) {
      const request = { key, code: Buffer.from(code) };
      return (await client.unary('putCode', request, { signal })).codeVersion;
    },
    async togglePause(key, signal) {
      await client.unary('togglePause', { key }, { signal });
    },
  };
}

function lambdaOf(proto: ProtoLambda | undefined): Lambda {
  if (proto === undefined) throw missingResult();
  const { createdAt, updatedAt, capabilities, ...lambda } = proto;
  return {
    ...lambda,
    demands: demandsOf(capabilities),
    createdAt: Number(createdAt),
    updatedAt: Number(updatedAt),
  };
}

function demandsOf(proto: ProtoDemands | undefined): LambdaDemands {
  return proto ?? {};
}
