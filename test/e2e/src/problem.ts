import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** RFC 9457 with the members of the contract. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The problem that an answer carries; fails where it lacks a member of the contract's. */
export function problemOf(answer: Answer): Problem {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const problem = answer.json<Problem>();
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^\S+$/),
    title: expect.stringMatching(/\S/),
    status: answer.status,
    detail: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^\//),
    code: expect.stringMatching(/^[A-Z_]+$/),
    requestId: expect.stringMatching(/\S/),
  });
  return problem;
}

/** The answer is this problem and no other. */
export function expectProblem(answer: Answer, status: number, code: string): Problem {
  const problem = problemOf(answer);
  expect({ status: problem.status, code: problem.code }).toEqual({ status, code });
  return problem;
}

/** Pointers of the wrong members, in order of the alphabet. */
export function pointersOf(answer: Answer): string[] {
  return (problemOf(answer).errors ?? []).map(({ pointer }) => pointer).toSorted();
}
