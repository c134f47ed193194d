import { z } from 'zod';
import { noContent, ok } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { lambdaChangeExamples, lambdaExamples } from './lambda-examples.ts';
import { lambdaJson } from './lambda-json.ts';
import { lambdaMembers, zLambda } from './lambda-schemas.ts';

export const updateLambda = defineRoute({
  operation: 'updateLambda',
  tag: 'Lambdas',
  summary: 'Change what a lambda is called; members left out stay as they are',
  method: 'patch',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:write',
  answers: [
    {
      as: 'ok',
      description: 'The lambda as it is now.',
      content: { kind: 'json', schema: zLambda, examples: lambdaExamples },
    },
  ],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  body: {
    kind: 'json',
    schema: z.strictObject(lambdaMembers).partial().meta({ id: 'LambdaChanges' }),
    maxBytes: 16 * 1024,
    presence: 'required',
    examples: lambdaChangeExamples,
  },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    const { name, description, tag: tags, scmUrl } = body;
    const changes = { name, description, tags, scmUrl };
    return ok(lambdaJson(await lambdas.update({ tenantId, lambdaId }, changes, exchange.gone)));
  },
});

export const deleteLambda = defineRoute({
  operation: 'deleteLambda',
  tag: 'Lambdas',
  summary: 'Delete a lambda; tasks already issued still run',
  description:
    'Answered about 0.1 s after it is done: from the answer on no task is issued for it, whichever replica is asked.',
  method: 'delete',
  path: '/v1/lambda/{lambdaId}',
  scope: 'lambda:write',
  answers: [{ as: 'no content', description: 'It is deleted.', content: nothing }],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    await lambdas.remove({ tenantId, lambdaId }, exchange.gone);
    return noContent();
  },
});

export const toggleLambdaPause = defineRoute({
  operation: 'toggleLambdaPause',
  tag: 'Lambdas',
  summary: 'Pause a lambda, or let it go on',
  description:
    'A paused lambda takes no new tasks; those already issued still run. A pause is answered about 0.1 s after it is done: from the answer on no task is issued, whichever replica is asked. Not safe to repeat blindly: look at `paused` first.',
  method: 'post',
  path: '/v1/lambda/{lambdaId}/togglePause',
  scope: 'lambda:write',
  answers: [{ as: 'no content', description: 'It is the other way round now.', content: nothing }],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  async handle({ tenantId, params: { lambdaId }, exchange }, { lambdas }) {
    await lambdas.togglePause({ tenantId, lambdaId }, exchange.gone);
    return noContent();
  },
});
