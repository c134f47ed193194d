import fc from 'fast-check';
import { type ApiDocument, type ApiOperation, operationsOf, type Parameter } from '../openapi.ts';
import { arbitraryOf, knownOr, type Schema } from './schema-arbitrary.ts';

/** One request in parts, so that each can be mutated. */
export interface FuzzRequest {
  readonly operation: ApiOperation;
  readonly method: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON before it is written, where the operation takes JSON. */
  readonly json: unknown;
  /** The bytes; undefined for no body. */
  readonly body: string | undefined;
  /** What was done to a request that the document allows; empty: nothing. */
  readonly mutations: readonly string[];
}

/** Ids that exist, by the name of their parameter or member. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

/** Requests that the document allows, each operation alike. */
export function validRequests(document: ApiDocument, ids: KnownIds): fc.Arbitrary<FuzzRequest> {
  const operations = operationsOf(document);
  return fc.oneof(...operations.map((operation) => requestsOf(document, operation, ids)));
}

function requestsOf(
  document: ApiDocument,
  operation: ApiOperation,
  ids: KnownIds,
): fc.Arbitrary<FuzzRequest> {
  const known = (name: string) => ids[name] ?? [];
  const valueOf = ({ in: place, name, schema }: Parameter): fc.Arbitrary<string> => {
    const values = arbitraryOf(document, schema as Schema).map(String);
    const some = known(name);
    const all = some.length > 0 ? knownOr(some, values).map(String) : values;
    return place === 'header' ? all.map(inHeader) : all;
  };
  const partOf = (place: Parameter['in']) => {
    const parameters = operation.parameters.filter((each) => each.in === place);
    const members = parameters.map((each) => [each.name, valueOf(each)] as const);
    const requiredKeys = parameters
      .filter(({ required }) => required === true)
      .map(({ name }) => name);
    return fc.record(Object.fromEntries(members), { requiredKeys });
  };
  return fc
    .tuple(partOf('path'), partOf('query'), partOf('header'), bodiesOf(document, operation, known))
    .map(([path, query, headers, { type, json, body }]) => ({
      operation,
      method: operation.method,
      path,
      query: Object.entries(query),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
      json,
      body,
      mutations: [],
    }));
}

interface FuzzBody {
  readonly type: string;
  readonly json: unknown;
  readonly body: string | undefined;
}

const modules = ['export default () => 1;', 'export default async (r) => r.text(); // \u{1f32c}'];

function bodiesOf(
  document: ApiDocument,
  { body }: ApiOperation,
  known: (name: string) => readonly string[],
): fc.Arbitrary<FuzzBody> {
  const none = fc.constant<FuzzBody>({ type: '', json: undefined, body: undefined });
  if (body === undefined) return none;
  const some = Object.entries(body.content).map(([type, { schema = {} }]) =>
    type === 'application/json'
      ? arbitraryOf(document, schema, known).map((json) => jsonBody(type, json))
      : fc.constantFrom(...modules).map((text) => ({ type, json: undefined, body: text })),
  );
  return body.required === true ? fc.oneof(...some) : fc.oneof(none, ...some);
}

function jsonBody(type: string, json: unknown): FuzzBody {
  return { type, json, body: JSON.stringify(json) };
}

/** A header holds visible ASCII; what else the schema allows cannot be sent. */
function inHeader(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 1_000);
}

export function targetOf({ operation, path, query }: FuzzRequest): string {
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  );
  const search = query.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return search.length === 0 ? filled : `${filled}?${search.join('&')}`;
}
