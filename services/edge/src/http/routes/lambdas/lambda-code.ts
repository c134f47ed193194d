import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { noContent } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';

const zModule = z.custom<Buffer>(
  (value) => Buffer.isBuffer(value) && value.length > 0 && isUtf8(value),
  'must be one ES module in UTF-8',
);

export const putLambdaCode = defineRoute({
  operation: 'putLambdaCode',
  summary: 'Upload the code of a lambda: a new version, for tasks issued from now on',
  method: 'put',
  path: '/v1/lambda/{lambdaId}/code',
  scope: 'lambda:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'LAMBDA_NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'VALIDATION_FAILED'],
  params: lambdaPath,
  body: {
    kind: 'text',
    // RFC 9239: text/javascript is the name, application/javascript the one many tools still say.
    mediaTypes: ['text/javascript', 'application/javascript'],
    schema: zModule,
    maxBytes: 1024 * 1024,
  },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    const version = await lambdas.putCode({ tenantId, lambdaId }, body, exchange.gone);
    return noContent({ 'gc-code-version': version });
  },
});
