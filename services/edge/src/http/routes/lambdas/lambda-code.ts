import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { noContent } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { lambdaPath } from '../ids.ts';
import { codeExamples } from './lambda-examples.ts';

const maxBytes = 1024 * 1024;

const zModule = z
  .custom<Buffer>(
    (value) => Buffer.isBuffer(value) && value.length > 0 && isUtf8(value),
    'must be one ES module in UTF-8',
  )
  .meta({ override: { type: 'string', minLength: 1, maxLength: maxBytes } });

const description = `The body is one ES module, at most 1 MiB, for a lambda of type \`module\` and language \`js\`. It exports its handler as default:

    export default async (request, context) => new Response('hello');

A module that does not parse is refused with its line. Each upload is an immutable version; a task runs the one that was current when it was issued. A version that replaces another is answered about 0.1 s after it is there: from the answer on every task is issued with it, whichever replica is asked.`;

export const putLambdaCode = defineRoute({
  operation: 'putLambdaCode',
  tag: 'Lambdas',
  summary: 'Upload the code of a lambda: a new version, for tasks issued from now on',
  description,
  method: 'put',
  path: '/v1/lambda/{lambdaId}/code',
  scope: 'lambda:write',
  answers: [
    {
      as: 'no content',
      description: 'The code is there, under a new version.',
      headers: ['GC-Code-Version'],
      content: nothing,
    },
  ],
  problems: ['LAMBDA_NOT_FOUND'],
  params: lambdaPath,
  body: {
    kind: 'text',
    // RFC 9239: text/javascript is the name, application/javascript the one many tools still say.
    mediaTypes: ['text/javascript', 'application/javascript'],
    schema: zModule,
    maxBytes,
    examples: codeExamples,
  },
  async handle({ tenantId, params: { lambdaId }, body, exchange }, { lambdas }) {
    const version = await lambdas.putCode({ tenantId, lambdaId }, body, exchange.gone);
    return noContent({ 'gc-code-version': version });
  },
});
