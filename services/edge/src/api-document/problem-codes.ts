import type { ErrorCode } from '@greencloud/domain';
import { problemKinds } from '../http/problem/problem-kinds.ts';
import { type Route } from '../http/routing/define-route.ts';
import { type BrokenCode, brokenKinds } from '../http/server/broken-request.ts';

/** Every code that can stand in a problem outside. */
export type ProblemCode = ErrorCode | BrokenCode;

const everywhere: readonly ProblemCode[] = [
  'MALFORMED_REQUEST',
  'INVALID_PARAMETER',
  'NEEDS_LOGIN',
  'FORBIDDEN',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'NO_QUOTA_AVAILABLE',
  'INTERNAL',
  'OVERLOADED',
  'UNAVAILABLE',
];

const ofBodies: readonly ProblemCode[] = [
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'VALIDATION_FAILED',
];

/** The codes that a route can answer, its own and those that follow from its description. */
export function problemCodesOf(route: Route, routes: readonly Route[]): ReadonlySet<ProblemCode> {
  const hasType = route.answers.some(
    ({ content: { kind } }) => kind === 'json' || kind === 'events',
  );
  return new Set<ProblemCode>([
    ...everywhere,
    ...route.problems,
    ...(hasType ? (['NOT_ACCEPTABLE'] as const) : []),
    ...(route.params === undefined ? [] : (['INVALID_ID', 'ROUTE_NOT_FOUND'] as const)),
    ...(route.body === undefined ? [] : ofBodies),
    ...(route.body?.kind === 'json' ? (['MALFORMED_JSON'] as const) : []),
    ...(isShadowed(route, routes) ? (['METHOD_NOT_ALLOWED'] as const) : []),
  ]);
}

// DELETE /v1/task/list is no request for a task of the id "list".
function isShadowed({ method, path }: Route, routes: readonly Route[]): boolean {
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const literal = routes.filter((one) => !one.path.includes('{') && pattern.test(one.path));
  return literal.some((one) => one.path !== path && one.method !== method);
}

/** What the outside sees of a code; `CANCELLED` and its like never get there. */
export function kindOf(code: ProblemCode): { status: number; title: string; retryAfter?: number } {
  return code in brokenKinds ? brokenKinds[code as BrokenCode] : problemKinds[code as ErrorCode];
}
