import type { ZodOpenApiOperationObject, ZodOpenApiRequestBodyObject } from 'zod-openapi';
import { ZodObject } from 'zod';
import type { Route } from '../http/routing/define-route.ts';
import type { BodySpec } from '../http/routing/request-body.ts';
import { problemResponses } from './problem-responses.ts';
import { copyOf, successResponses } from './success-responses.ts';

/** One route as an operation of the document. */
export function operationOf(route: Route, routes: readonly Route[]): ZodOpenApiOperationObject {
  const { operation, tag, summary, description, scope, body } = route;
  return {
    operationId: operation,
    tags: [tag],
    summary,
    description: [...(description === undefined ? [] : [description]), `Scope: \`${scope}\`.`].join(
      '\n\n',
    ),
    security: [{ bearer: [scope] }, { bareToken: [scope] }],
    requestParams: paramsOf(route),
    ...(body === undefined ? {} : { requestBody: bodyOf(body) }),
    responses: { ...successResponses(route), ...problemResponses(route, routes) },
  };
}

function paramsOf({ params, query, headers }: Route) {
  return {
    ...(params instanceof ZodObject ? { path: params } : {}),
    ...(query instanceof ZodObject ? { query } : {}),
    ...(headers === undefined ? {} : { header: headers }),
  };
}

function bodyOf(body: BodySpec<unknown>): ZodOpenApiRequestBodyObject {
  const mediaTypes = body.kind === 'json' ? ['application/json'] : body.mediaTypes;
  const { schema } = body;
  const examples = copyOf(body.examples);
  return {
    required: body.kind === 'text' || body.presence === 'required',
    description: `At most ${body.maxBytes} bytes, in UTF-8 and not compressed.`,
    content: Object.fromEntries(mediaTypes.map((type) => [type, { schema, examples }])),
  };
}
