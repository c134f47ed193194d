import { parseCodeVersion, parseTenantId } from '@greencloud/domain';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import { LambdaCatalogServiceService } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { findCode } from '../code/find-code.ts';
import { putCode } from '../code/put-code.ts';
import type { SyntaxCheck } from '../code/syntax-check.ts';
import { deleteLambda } from '../lambda/delete-lambda.ts';
import { findLambda } from '../lambda/find-lambda.ts';
import { insertLambda } from '../lambda/insert-lambda.ts';
import { lambdaNotFound } from '../lambda/lambda-row.ts';
import { checkChanges, checkDemands, checkDraft } from '../lambda/lambda-rules.ts';
import { setDemands } from '../lambda/set-demands.ts';
import { togglePause } from '../lambda/toggle-pause.ts';
import { updateLambda } from '../lambda/update-lambda.ts';
import type { AnswerLease } from '../lease/answer-lease.ts';
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

export interface CatalogParts {
  readonly db: Db;
  readonly syntax: SyntaxCheck;
  readonly lease: AnswerLease;
}

export function lambdaCatalogService(parts: CatalogParts): GrpcService {
  return service(LambdaCatalogServiceService, lambdaCatalog(parts), catalogCallers);
}

function lambdaCatalog({ db, syntax, lease }: CatalogParts): LambdaCatalog {
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
    deleteLambda: async ({ key }, call) => {
      const { lambda, olderAnswers } = await deleteLambda(db, readKey(key));
      await lease.runOut(olderAnswers, call);
      if (lambda === 'deleted before') throw lambdaNotFound();
      return {};
    },
    getCapabilities: async ({ key }) => {
      const { demands } = await findLambda(db, readKey(key));
      return { capabilities: toCapabilitiesMessage(demands) };
    },
    setCapabilities: async ({ key, capabilities }, call) => {
      const checked = checkDemands(capabilities ?? {});
      const { demands, olderAnswers } = await setDemands(db, readKey(key), checked);
      await lease.runOut(olderAnswers, call);
      return { capabilities: toCapabilitiesMessage(demands) };
    },
    putCode: async ({ key, code }, call) => {
      const { codeVersion, olderAnswers } = await putCode(db, syntax, readKey(key), code);
      await lease.runOut(olderAnswers, call);
      return { codeVersion };
    },
    getCode: async ({ codeVersion }) => ({
      code: await findCode(db, parseCodeVersion(codeVersion)),
    }),
    togglePause: async ({ key }, call) => {
      const { paused, olderAnswers } = await togglePause(db, readKey(key));
      await lease.runOut(olderAnswers, call);
      return { paused };
    },
    resolveLambdas: async ({ keys }) => ({
      results: (await resolveBatch(db, keys)).map(toResolveResult),
      freshForMs: lease.freshForMs,
    }),
  };
}
