import {
  createDocument,
  type ZodOpenApiOverrideContext,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { zProblem } from '../http/problem/problem-schema.ts';
import type { Route } from '../http/routing/define-route.ts';
import { answerHeaders } from './answer-headers.ts';
import { introduction, tags } from './introduction.ts';
import { type ApiDocument, describeParameters } from './describe-parameters.ts';
import { operationOf } from './operation.ts';
import { problemCodesOf } from './problem-codes.ts';
import { problemExample } from './problem-examples.ts';
import { sharedProblemResponses } from './problem-responses.ts';

/** The OpenAPI document of the routes, as plain JSON. */
export function createApiDocument(routes: readonly Route[]): ApiDocument {
  const document = {
    openapi: '3.1.0' as const,
    info: {
      title: 'GreenCloud',
      version: '1',
      summary: 'A task service on green edge nodes.',
      description: introduction,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    security,
    tags,
    paths: pathsOf(routes),
    components: {
      securitySchemes,
      headers: { ...answerHeaders },
      examples: examplesOf(routes),
      responses: sharedProblemResponses(routes),
      schemas: { Problem: zProblem },
    },
  };
  return describeParameters(createDocument(document, { override: tidy, outputIdSuffix: 'Answer' }));
}

const security: Record<string, string[]>[] = [{ bearer: [] }, { bareToken: [] }];

const securitySchemes = {
  bearer: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: '`Authorization: Bearer <JWT>`',
  },
  bareToken: {
    type: 'apiKey' as const,
    in: 'header' as const,
    name: 'Authorization',
    description: '`Authorization: <JWT>`, the token alone.',
  },
};

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  const entries = [...byPath].map(([path, some]) => {
    const operations = some.map((route) => [route.method, operationOf(route, routes)] as const);
    return [path, Object.fromEntries(operations)] as const;
  });
  return Object.fromEntries(entries);
}

function examplesOf(routes: readonly Route[]) {
  const codes = new Set(routes.flatMap((route) => [...problemCodesOf(route, routes)]));
  return Object.fromEntries([...codes].sort().map((code) => [code, problemExample(code)]));
}

function tidy({ jsonSchema, io }: ZodOpenApiOverrideContext): void {
  // zod says of each integer that it is a safe one.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  // Answers may gain members in a later release.
  if (io === 'output') delete jsonSchema.additionalProperties;
}
