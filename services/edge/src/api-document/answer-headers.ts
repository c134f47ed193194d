import type { AnswerHeader } from '../http/routing/answer-spec.ts';

/** Headers that no route names, because they come with every answer or with a kind of problem. */
export type CommonHeader =
  | 'X-Request-Id'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'Retry-After'
  | 'WWW-Authenticate'
  | 'Allow';

// A type and no interface: only types fit the index signature that zod-openapi asks for.
type HeaderDocument = {
  readonly description: string;
  readonly schema: { type: 'string' | 'integer'; enum?: string[] };
  readonly example: string | number;
};

const text = { type: 'string' } as const;

export const answerHeaders: Readonly<Record<AnswerHeader | CommonHeader, HeaderDocument>> = {
  Location: {
    description: 'Where the new resource is found.',
    schema: text,
    example: '/v1/task/63f47d1c5bd6eeef8211c83e',
  },
  'Idempotent-Replayed': {
    description: 'There when an earlier request with this key has made the resource.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  ETag: { description: 'Of the version of the task.', schema: text, example: '"4"' },
  Link: {
    description: 'The next page (RFC 8288), relative; not there on the last one.',
    schema: text,
    example: '</v1/task/list?limit=100&cursor=eyJ2IjoxfQ>; rel="next"',
  },
  'GC-Task-Outcome': {
    description: "How the task ended; `succeeded` marks the answer as the lambda's own.",
    schema: text,
    example: 'succeeded',
  },
  'GC-Code-Version': {
    description: 'The version that this upload has made.',
    schema: text,
    example: '640590a19956fae80d7e0e91',
  },
  'Preference-Applied': {
    description: 'The `wait` that was taken from `Prefer` (RFC 7240).',
    schema: text,
    example: 'wait=30',
  },
  'X-Request-Id': {
    description: "The caller's own `X-Request-Id` where it sent a usable one, else a new one.",
    schema: text,
    example: '9e2f7a04-4a5c-4d43-8f0e-5f4b1f0b6a3d',
  },
  RateLimit: {
    description:
      'What is left of the quota in this window, and seconds until it is full again (draft-ietf-httpapi-ratelimit-headers).',
    schema: text,
    example: '"tenant";r=9998;t=1',
  },
  'RateLimit-Policy': {
    description: 'Requests that the tenant may make in a window of so many seconds.',
    schema: text,
    example: '"tenant";q=10000;w=1',
  },
  'Retry-After': {
    description: 'Seconds after which it makes sense to try again.',
    schema: { type: 'integer' },
    example: 1,
  },
  'WWW-Authenticate': {
    description: 'What kind of token is needed, and what is wrong with the one given (RFC 6750).',
    schema: text,
    example: 'Bearer realm="greencloud", error="invalid_token"',
  },
  Allow: {
    description: 'The methods that there are.',
    schema: text,
    example: 'GET, HEAD, OPTIONS',
  },
};

export type HeaderName = keyof typeof answerHeaders;

/** References into `components.headers`. */
export function headerReferences(names: readonly HeaderName[]) {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `#/components/headers/${name}` }] as const),
  );
}
