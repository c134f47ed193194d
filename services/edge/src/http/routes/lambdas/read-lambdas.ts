import { z } from 'zod';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { linkToNext, pageOf, pagingQuery } from '../paging.ts';
import { lambdaJson } from './lambda-json.ts';
import { zLambda } from './lambda-schemas.ts';

export const getLambda = defineRoute({
  operation: 'getLambda',
  summary: 'One lambda',
  method: 'get',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:read',
  produces: zLambda,
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    return ok(lambdaJson(await lambdas.get({ tenantId, lambdaId }, exchange.gone)));
  },
});

export const listLambdas = defineRoute({
  operation: 'listLambdas',
  summary: "The caller's lambdas",
  method: 'get',
  path: '/v1/lambda/list',
  scope: 'lambda:read',
  produces: z.array(zLambda),
  problems: ['INVALID_CURSOR', 'INVALID_PARAMETER'],
  query: z.strictObject({ ...pagingQuery, tag: z.string().min(1).max(64).optional() }),
  async handle({ tenantId, query, exchange }, { lambdas }) {
    const page = await lambdas.list(tenantId, query.tag ?? '', pageOf(query), exchange.gone);
    return ok(page.lambdas.map(lambdaJson), linkToNext(exchange.path, query, page.next));
  },
});
