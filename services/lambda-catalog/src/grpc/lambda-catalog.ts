import { parseCodeVersion, parseTenantId } from '@greencloud/domain';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import { LambdaCatalogServiceService } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { findCode } from '../code/find-code.ts';
import { putCode } from '../code/put-code.ts';
import type { SyntaxCheck } from '../code/syntax-check.ts';
import { deleteLambda } from '../lambda/delete-lambda.ts';
import { findLambda } from '../lambda/find-lambda.ts';
import { insertLambda } from '../lambda/insert-lambda.ts';
import { checkChanges, checkDemands, checkDraft } from '../lambda/lambda-rules.ts';
import { setDemands } from '../lambda/set-demands.ts';
import { togglePause } from '../lambda/toggle-pause.ts';
import { updateLambda } from '../lambda/update-lambda.ts';
import type { Db } from '../postgres/database.ts';
import { catalogCallers } from './callers.ts';
import {
  readKey,
  toCapabilitiesMessage,
  toLambdaMessage,
  toResolveResult,
} from './lambda-messages.ts';
import { readPage } from './read-page.ts';
import { readRequestId } from './request-id.ts';
import { resolveBatch } from './resolve-batch.ts';

type LambdaCatalog = ImplementationOf<typeof LambdaCatalogServiceService>;

export function lambdaCatalogService(db: Db, syntax: SyntaxCheck): GrpcService {
  return service(LambdaCatalogServiceService, lambdaCatalog(db, syntax), catalogCallers);
}

function lambdaCatalog(db: Db, syntax: SyntaxCheck): LambdaCatalog {
  return {
    createLambda: async ({ tenantId, requestId, ...draft }) => ({
      lambdaId: await insertLambda(db, {
        tenantId: parseTenantId(tenantId),
        requestId: readRequestId(requestId),
        draft: checkDraft(draft),
      }),
    }),
    getLambda: async ({ key }) => ({ lambda: toLambdaMessage(await findLambda(db, readKey(key))) }),
    listLambdas: (request) => readPage(db, request),
    updateLambda: async ({ key, tags, ...changes }) => {
      const checked = checkChanges({ ...changes, tags: tags?.tags });
      return { lambda: toLambdaMessage(await updateLambda(db, readKey(key), checked)) };
    },
    deleteLambda: async ({ key }) => {
      await deleteLambda(db, readKey(key));
      return {};
    },
    getCapabilities: async ({ key }) => {
      const { demands } = await findLambda(db, readKey(key));
      return { capabilities: toCapabilitiesMessage(demands) };
    },
    setCapabilities: async ({ key, capabilities }) => {
      const demands = await setDemands(db, readKey(key), checkDemands(capabilities ?? {}));
      return { capabilities: toCapabilitiesMessage(demands) };
    },
    putCode: async ({ key, code }) => ({
      codeVersion: await putCode(db, syntax, readKey(key), code),
    }),
    getCode: async ({ codeVersion }) => ({
      code: await findCode(db, parseCodeVersion(codeVersion)),
    }),
    togglePause: async ({ key }) => ({ paused: await togglePause(db, readKey(key)) }),
    resolveLambdas: async ({ keys }) => ({
      results: (await resolveBatch(db, keys)).map(toResolveResult),
    }),
  };
}
