import { ok } from '../../routing/answer.ts';
import type { AnswerSpec } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { demandExamples } from './lambda-examples.ts';
import { demandsJson } from './lambda-json.ts';
import { zDemands } from './lambda-schemas.ts';

const path = '/v1/lambda/{lambdaId}/capabilities';

const answer: AnswerSpec = {
  as: 'ok',
  description: 'The demands as they are now; what was never set is left out.',
  content: { kind: 'json', schema: zDemands, examples: demandExamples },
};

export const getLambdaCapabilities = defineRoute({
  operation: 'getLambdaCapabilities',
  tag: 'Lambdas',
  summary: 'What a lambda demands of a node',
  method: 'get',
  path,
  scope: 'lambda:read',
  answers: [answer],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    return ok(demandsJson(await lambdas.demands({ tenantId, lambdaId }, exchange.gone)));
  },
});

export const setLambdaCapabilities = defineRoute({
  operation: 'setLambdaCapabilities',
  tag: 'Lambdas',
  summary: 'Set what a lambda demands of a node, for tasks issued from now on',
  description:
    'Sets the whole: a member that is left out sets no demand. Answered about 0.1 s after it is done where the lambda has code: from the answer on every task is issued with it, whichever replica is asked.',
  method: 'post',
  path,
  scope: 'lambda:write',
  answers: [answer],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  body: {
    kind: 'json',
    schema: zDemands,
    maxBytes: 4 * 1024,
    presence: 'required',
    examples: demandExamples,
  },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    return ok(demandsJson(await lambdas.setDemands({ tenantId, lambdaId }, body, exchange.gone)));
  },
});
