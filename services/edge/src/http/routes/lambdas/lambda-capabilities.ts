import { ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { demandsJson } from './lambda-json.ts';
import { zDemands } from './lambda-schemas.ts';

const path = '/v1/lambda/{lambdaId}/capabilities';

export const getLambdaCapabilities = defineRoute({
  operation: 'getLambdaCapabilities',
  summary: 'What a lambda demands of a node',
  method: 'get',
  path,
  scope: 'lambda:read',
  produces: zDemands,
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    return ok(demandsJson(await lambdas.demands({ tenantId, lambdaId }, exchange.gone)));
  },
});

export const setLambdaCapabilities = defineRoute({
  operation: 'setLambdaCapabilities',
  summary: 'Set what a lambda demands of a node, for tasks issued from now on',
  method: 'post',
  path,
  scope: 'lambda:write',
  produces: zDemands,
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND', 'VALIDATION_FAILED'],
  params: lambdaPath,
  body: { kind: 'json', schema: zDemands, maxBytes: 4 * 1024, presence: 'required' },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    return ok(demandsJson(await lambdas.setDemands({ tenantId, lambdaId }, body, exchange.gone)));
  },
});
