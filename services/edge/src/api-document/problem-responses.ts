import { problemMediaType } from '../http/problem/problem.ts';
import type { Route } from '../http/routing/define-route.ts';
import { type HeaderName, headerReferences } from './answer-headers.ts';
import { kindOf, type ProblemCode, problemCodesOf } from './problem-codes.ts';

/** The problems of a route, one response for each status, as references. */
export function problemResponses(route: Route, routes: readonly Route[]) {
  const responses = byStatus(route, routes);
  return Object.fromEntries(
    responses.map(([status, codes]) => [
      String(status),
      { $ref: `#/components/responses/${nameOf(codes)}` },
    ]),
  );
}

/** Each response once: written out at every operation they would be four fifths of the document. */
export function sharedProblemResponses(routes: readonly Route[]) {
  const all = routes.flatMap((route) => byStatus(route, routes).map(([, codes]) => codes));
  const byName = new Map(all.map((codes) => [nameOf(codes), responseOf(codes)]));
  return Object.fromEntries([...byName].toSorted(([a], [b]) => a.localeCompare(b)));
}

function byStatus(route: Route, routes: readonly Route[]) {
  const codes = [...problemCodesOf(route, routes)].toSorted();
  return [...Map.groupBy(codes, (code) => kindOf(code).status)];
}

function nameOf(codes: readonly ProblemCode[]): string {
  return codes.join('.');
}

function responseOf(codes: readonly ProblemCode[]) {
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    description: codes.map((code) => `\`${code}\`: ${kindOf(code).title}.`).join('\n\n'),
    headers: headerReferences(headersOf(codes)),
    content: {
      [problemMediaType]: {
        schema: narrowedTo(codes),
        examples: Object.fromEntries(examples) as Record<string, { $ref: string }>,
      },
    },
  };
}

function narrowedTo(codes: readonly ProblemCode[]) {
  const code = { type: 'string' as const, enum: [...codes] };
  return {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object' as const, properties: { code }, required: ['code'] },
    ],
  };
}

const outcomes: ReadonlySet<ProblemCode> = new Set([
  'TASK_FAILED',
  'TASK_CANCELLED',
  'TASK_TIMED_OUT',
  'TASK_LOST',
  'TASK_EXPIRED',
]);

function headersOf(codes: readonly ProblemCode[]): HeaderName[] {
  const headers: HeaderName[] = ['X-Request-Id'];
  if (codes.some((code) => kindOf(code).retryAfter !== undefined)) headers.push('Retry-After');
  if (codes.includes('NEEDS_LOGIN') || codes.includes('FORBIDDEN'))
    headers.push('WWW-Authenticate');
  if (codes.includes('METHOD_NOT_ALLOWED')) headers.push('Allow');
  if (codes.includes('NO_QUOTA_AVAILABLE')) headers.push('RateLimit', 'RateLimit-Policy');
  if (codes.some((code) => outcomes.has(code))) headers.push('GC-Task-Outcome', 'ETag');
  if (codes.includes('RESULT_NOT_READY')) headers.push('Preference-Applied');
  return headers;
}
