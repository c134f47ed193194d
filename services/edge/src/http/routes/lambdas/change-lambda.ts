import { z } from 'zod';
import { noContent, ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { lambdaJson } from './lambda-json.ts';
import { lambdaMembers, zLambda } from './lambda-schemas.ts';

export const updateLambda = defineRoute({
  operation: 'updateLambda',
  summary: 'Change what a lambda is called; members left out stay as they are',
  method: 'patch',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:write',
  produces: zLambda,
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND', 'VALIDATION_FAILED'],
  params: lambdaPath,
  body: {
    kind: 'json',
    schema: z.strictObject(lambdaMembers).partial(),
    maxBytes: 16 * 1024,
    presence: 'required',
  },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    const { name, description, tag: tags, scmUrl } = body;
    const changes = { name, description, tags, scmUrl };
    return ok(lambdaJson(await lambdas.update({ tenantId, lambdaId }, changes, exchange.gone)));
  },
});

export const deleteLambda = defineRoute({
  operation: 'deleteLambda',
  summary: 'Delete a lambda; tasks already issued still run',
  method: 'delete',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    await lambdas.remove({ tenantId, lambdaId }, exchange.gone);
    return noContent();
  },
});

export const toggleLambdaPause = defineRoute({
  operation: 'toggleLambdaPause',
  summary: 'Pause a lambda, or let it go on',
  method: 'post',
  path: '/v1/lambda/{lambdaId}/togglePause',
  scope: 'lambda:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    await lambdas.togglePause({ tenantId, lambdaId }, exchange.gone);
    return noContent();
  },
});
