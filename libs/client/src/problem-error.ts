import type { components } from './gen/api.ts';

export type Problem = components['schemas']['Problem'];

/** An answer that is no success. Look at `problem.code`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  /** Milliseconds after which it makes sense to try again; undefined where it does not. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, retryAfterMs?: number) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a call of the client resolves with. */
export interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer. Throws `ProblemError`, or `Error` for what is no answer of the service. */
export function dataOf<T>({ data, error, response }: Answered<T>): T {
  if (response.ok) return data as T;
  if (!isProblem(error)) throw new Error(`The answer is ${response.status} and no problem of ours`);
  const retryAfter = response.headers.get('retry-after');
  throw new ProblemError(error, retryAfter === null ? undefined : Number(retryAfter) * 1_000);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'requestId' in value;
}
