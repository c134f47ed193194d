import { fetch } from 'undici';

type Json = Readonly<Record<string, unknown>>;

/** The part of an OpenAPI 3.1 document that tests read. */
export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Json>>;
  readonly security?: readonly Json[];
}

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Json;
}

interface Body {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: Json }>>;
}

export interface Response {
  readonly headers?: Json;
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}

interface Reference {
  readonly $ref: string;
}

/** One operation with everything that it refers to at hand. */
export interface ApiOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly responses: Readonly<Record<string, Response>>;
}

/** The document as the edge serves it. */
export async function readDocument(edgeUrl: string): Promise<ApiDocument> {
  const response = await fetch(`${edgeUrl}/v1/openapi.json`);
  if (response.status !== 200) throw new Error(`the API document answers ${response.status}`);
  return (await response.json()) as ApiDocument;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export function operationsOf(document: ApiDocument): readonly ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [operationOf(document, path, method, operation)];
    }),
  );
}

function operationOf(
  document: ApiDocument,
  path: string,
  method: string,
  { operationId, security = [], parameters = [], requestBody, responses }: Operation,
): ApiOperation {
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    scopes: [...new Set(security.flatMap((way) => Object.values(way).flat()))],
    parameters: parameters.map((each) => resolved(document, each)),
    body: requestBody === undefined ? undefined : resolved(document, requestBody),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, each]) => [status, resolved(document, each)]),
    ),
  };
}

/** Follows a `$ref` into the document's components. */
function resolved<T>(document: ApiDocument, value: T | Reference): T {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value;
  const steps = value.$ref.split('/').slice(1);
  return steps.reduce<unknown>((at, step) => (at as Json)[step], document) as T;
}
