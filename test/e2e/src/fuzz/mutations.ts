import fc from 'fast-check';
import type { FuzzRequest } from './requests.ts';

/** Makes a request into another one, most often one that is to be refused. */
interface Mutation {
  readonly name: string;
  readonly of: (request: FuzzRequest) => fc.Arbitrary<Partial<FuzzRequest>>;
}

/** One or two of the mutations, one after the other. */
export function mutated(requests: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<FuzzRequest> {
  return requests
    .chain((request) => mutatedOnce(request))
    .chain((request) => fc.oneof(fc.constant(request), mutatedOnce(request)));
}

function mutatedOnce(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  return fc.constantFrom(...mutations).chain(({ name, of }) =>
    of(request).map((change) => ({
      ...request,
      ...change,
      mutations: [...request.mutations, name],
    })),
  );
}

const anyText = fc.string({ unit: 'binary', maxLength: 300 });
// What a header can carry at all (RFC 9110, 5.5), also what should not be there.
const headerText = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f),
    { maxLength: 300 },
  )
  .map((codes) => String.fromCharCode(...codes).trim());

const jsonOf = (json: unknown) => ({ json, body: JSON.stringify(json) });
const membersOf = ({ json }: FuzzRequest): Record<string, unknown> =>
  typeof json === 'object' ? { ...json } : {};
const inJson = (request: FuzzRequest, change: (members: Record<string, unknown>) => unknown) =>
  jsonOf(change(membersOf(request)));
const nameOf = (request: FuzzRequest): fc.Arbitrary<string> =>
  fc.constantFrom(...Object.keys(membersOf(request)), 'lambdaId', 'name');
const header = (name: string, value: string) => (request: FuzzRequest) => ({
  headers: { ...request.headers, [name]: value },
});

const mutations: readonly Mutation[] = [
  {
    name: 'a member is left out',
    of: (request) =>
      nameOf(request).map((name) =>
        inJson(request, (all) =>
          Object.fromEntries(Object.entries(all).filter(([key]) => key !== name)),
        ),
      ),
  },
  {
    name: 'a member too many',
    of: (request) =>
      fc
        .tuple(fc.oneof(anyText, fc.constant('__proto__')), fc.jsonValue())
        .map(([name, value]) => inJson(request, (all) => ({ ...all, [name]: value }))),
  },
  {
    name: 'a member of another kind',
    of: (request) =>
      fc
        .tuple(nameOf(request), fc.jsonValue({ maxDepth: 2 }))
        .map(([name, value]) => inJson(request, (all) => ({ ...all, [name]: value }))),
  },
  { name: 'another body', of: () => fc.jsonValue().map(jsonOf) },
  {
    name: 'a body that is cut',
    of: ({ body = '{}' }) =>
      fc.nat(body.length).map((end) => ({ body: body.slice(0, end), json: undefined })),
  },
  {
    name: 'a body with noise',
    of: ({ body = '' }) =>
      fc.tuple(fc.nat(body.length), anyText).map(([at, noise]) => ({
        body: `${body.slice(0, at)}${noise}${body.slice(at)}`,
        json: undefined,
      })),
  },
  { name: 'no body', of: () => fc.constant({ body: undefined, json: undefined }) },
  {
    name: 'a body that is large',
    of: () => fc.constantFrom(20_000, 300_000, 2_000_000).map((size) => jsonOf('x'.repeat(size))),
  },
  {
    name: 'a body that is deep',
    of: () =>
      fc
        .constantFrom(64, 65, 5_000)
        .map((depth) => ({ body: '['.repeat(depth) + ']'.repeat(depth), json: undefined })),
  },
  {
    name: 'another content type',
    of: (request) =>
      fc
        .oneof(
          headerText,
          fc.constantFrom(
            '',
            'text/plain',
            'application/json; charset=utf-16',
            'multipart/form-data',
          ),
        )
        .map((type) => header('content-type', type)(request)),
  },
  {
    name: 'a content encoding',
    of: (request) =>
      fc
        .constantFrom('gzip', 'br', 'identity')
        .map((coding) => header('content-encoding', coding)(request)),
  },
  {
    name: 'another Accept',
    of: (request) =>
      fc
        .oneof(headerText, fc.constantFrom('text/html', 'application/json;q=0', '*/*;q=0'))
        .map((accept) => header('accept', accept)(request)),
  },
  {
    name: 'another parameter in the path',
    of: (request) =>
      anyText
        .filter((text) => text !== 'list')
        .map((text) => ({
          path: Object.fromEntries(Object.keys(request.path).map((name) => [name, text])),
        })),
  },
  {
    name: 'a query parameter of any value',
    of: (request) =>
      fc
        .tuple(
          fc.oneof(
            anyText,
            fc.constantFrom('limit', 'cursor', 'state', 'lambdaId', 'issuedAfter', 'tag', 'order'),
          ),
          anyText,
        )
        .map((pair) => ({ query: [...request.query, pair] })),
  },
  {
    name: 'a query parameter twice',
    of: (request) => fc.constant({ query: [...request.query, ...request.query] }),
  },
  {
    name: 'a header of any value',
    of: (request) =>
      fc
        .tuple(
          fc.constantFrom(
            'idempotency-key',
            'if-none-match',
            'last-event-id',
            'prefer',
            'x-request-id',
            'x-forwarded-for',
            'cookie',
            'range',
          ),
          headerText,
        )
        .map(([name, value]) => header(name, value)(request)),
  },
  {
    name: 'another token',
    of: (request) =>
      fc
        .oneof(headerText, fc.constantFrom('', 'Bearer', 'a.b.c', `a.${'b'.repeat(9_000)}.c`))
        .map((token) => header('authorization', token)(request)),
  },
  {
    name: 'another method',
    of: () =>
      fc
        .constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
        .map((method) => ({ method })),
  },
];
