import { z } from 'zod';
import { created } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { zHex24 } from '../ids.ts';
import { lambdaMembers, zLambdaType, zLanguage } from './lambda-schemas.ts';

const zNewLambda = z.strictObject({
  name: lambdaMembers.name,
  description: lambdaMembers.description.default(''),
  tag: lambdaMembers.tag.default([]),
  scmUrl: lambdaMembers.scmUrl.default(''),
  lang: zLanguage,
  type: zLambdaType,
});

export const createLambda = defineRoute({
  operation: 'createLambda',
  summary: 'Make a lambda; its code is uploaded afterwards',
  method: 'post',
  path: '/v1/lambda',
  scope: 'lambda:write',
  produces: z.strictObject({ id: zHex24 }),
  problems: ['VALIDATION_FAILED'],
  body: { kind: 'json', schema: zNewLambda, maxBytes: 16 * 1024, presence: 'required' },
  async handle({ tenantId, body: { tag: tags, ...body }, exchange }, { lambdas }) {
    const id = await lambdas.create(tenantId, { ...body, tags }, exchange.gone);
    return created({ id }, { location: `/v1/lambda/${id}` });
  },
});
