import { z } from 'zod';
import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { linkToNext, pageOf, pagingQuery } from '../paging.ts';
import { lambdaExamples, lambdaListExamples } from './lambda-examples.ts';
import { lambdaJson } from './lambda-json.ts';
import { zLambda, zTag } from './lambda-schemas.ts';

export const getLambda = defineRoute({
  operation: 'getLambda',
  tag: 'Lambdas',
  summary: 'One lambda',
  method: 'get',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:read',
  answers: [
    {
      as: 'ok',
      description: 'The lambda.',
      content: { kind: 'json', schema: zLambda, examples: lambdaExamples },
    },
  ],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    return ok(lambdaJson(await lambdas.get({ tenantId, lambdaId }, exchange.gone)));
  },
});

export const listLambdas = defineRoute({
  operation: 'listLambdas',
  tag: 'Lambdas',
  summary: "The caller's lambdas",
  method: 'get',
  path: '/v1/lambda/list',
  scope: 'lambda:read',
  answers: [
    {
      as: 'ok',
      description: 'One page; the last one has no `Link`.',
      headers: ['Link'],
      content: { kind: 'json', schema: z.array(zLambda), examples: lambdaListExamples },
    },
  ],
  problems: ['INVALID_CURSOR'],
  query: z.strictObject({
    ...pagingQuery,
    tag: zTag.optional().meta({ description: 'Only those with this tag.' }),
  }),
  async handle({ tenantId, query, exchange }, { lambdas }) {
    const page = await lambdas.list(tenantId, query.tag ?? '', pageOf(query), exchange.gone);
    return ok(page.lambdas.map(lambdaJson), linkToNext(exchange.path, query, page.next));
  },
});
