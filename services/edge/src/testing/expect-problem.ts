import { expect } from 'vitest';
import type { TestAnswer } from './test-edge.ts';

export function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
}
