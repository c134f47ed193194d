import { DomainError, type ErrorCode } from '@greencloud/domain';
import { BatcherClosedError, QueueFullError } from '@greencloud/runtime';
import { problemKinds } from './problem-kinds.ts';
import type { Problem } from './problem-schema.ts';

/**
 * Where a problem occurred. Its `instance` is the route's pattern and never the path: the path may
 * hold a foreign id, which no body may repeat, and a foreign id must answer exactly like a missing one.
 */
export interface ProblemPlace {
  readonly requestId: string;
  /** Undefined for a path that no route has. */
  readonly route?: string | undefined;
}

export const problemMediaType = 'application/problem+json';

// A body with 100,000 unknown members must not be answered with megabytes.
const maxErrors = 50;

/** What may be said of an error: anything that is not a DomainError is INTERNAL, without detail. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof QueueFullError) return new DomainError('OVERLOADED', error.message);
  if (error instanceof BatcherClosedError) return new DomainError('UNAVAILABLE', error.message);
  return new DomainError('INTERNAL', 'internal error');
}

export function problemOf(error: DomainError, where: ProblemPlace): Problem {
  const code = codeOutside(error.code);
  const { status, title, detail = error.message } = problemKinds[code];
  const errors = error.fields
    .slice(0, maxErrors)
    .map(({ pointer, detail }) => ({ pointer, detail }));
  return { ...problemFrame(code, where), title, status, detail, errors };
}

/** The members that every problem has alike. */
export function problemFrame(code: string, { requestId, route }: ProblemPlace) {
  return {
    type: `urn:greencloud:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: '',
    status: 0,
    detail: '',
    instance: (route ?? '/').replaceAll(/\{(\w+)\}/g, ':$1'),
    code,
    requestId,
    errors: [],
  } satisfies Problem;
}

// A deadline or a cancel between our own services means nothing to a caller.
function codeOutside(code: ErrorCode): ErrorCode {
  return code === 'DEADLINE_EXCEEDED' || code === 'CANCELLED' ? 'UNAVAILABLE' : code;
}
