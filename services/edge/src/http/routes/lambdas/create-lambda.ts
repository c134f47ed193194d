import { z } from 'zod';
import { created } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaIdExamples, newLambdaExamples } from './lambda-examples.ts';
import { lambdaMembers, zLambdaType, zLanguage, zNewLambdaId } from './lambda-schemas.ts';

const zNewLambda = z
  .strictObject({
    name: lambdaMembers.name,
    description: lambdaMembers.description.default(''),
    tag: lambdaMembers.tag.default([]),
    scmUrl: lambdaMembers.scmUrl.optional(),
    lang: zLanguage,
    type: zLambdaType,
  })
  .meta({ id: 'NewLambda' });

export const createLambda = defineRoute({
  operation: 'createLambda',
  tag: 'Lambdas',
  summary: 'Make a lambda; its code is uploaded afterwards',
  description: 'Until `PUT /v1/lambda/{lambdaId}/code` has given it code, it takes no tasks.',
  method: 'post',
  path: '/v1/lambda',
  scope: 'lambda:write',
  answers: [
    {
      as: 'created',
      description: 'The lambda is made.',
      headers: ['Location'],
      content: { kind: 'json', schema: zNewLambdaId, examples: lambdaIdExamples },
    },
  ],
  problems: [],
  body: {
    kind: 'json',
    schema: zNewLambda,
    maxBytes: 16 * 1024,
    presence: 'required',
    examples: newLambdaExamples,
  },
  async handle({ tenantId, body: { tag: tags, scmUrl = '', ...body }, exchange }, { lambdas }) {
    const id = await lambdas.create(tenantId, { ...body, scmUrl, tags }, exchange.gone);
    return created({ id }, { location: `/v1/lambda/${id}` });
  },
});
