import { beforeAll, expect } from 'vitest';
import { runnableLambda } from './runnable-lambda.ts';
import type { TestAnswer, TestEdge } from './test-edge.ts';
import { useTestEdge } from './use-test-edge.ts';

/** An edge and a lambda that runs; what a tenant does with tasks. */
export interface TestTasks {
  readonly edge: () => TestEdge;
  readonly lambdaId: () => string;
  /** The token of another tenant. */
  readonly stranger: () => string;
  /** Creates a task of the lambda, `body` says what is otherwise. */
  readonly post: (body: object, headers?: Record<string, string>) => Promise<TestAnswer>;
  /** The id of a task that was created. */
  readonly newTask: (body?: object) => Promise<string>;
  readonly get: (id: string, rest?: string) => Promise<TestAnswer>;
}

export function useTestTasks(): TestTasks {
  const edge = useTestEdge();
  let lambdaId = '';
  let stranger = '';
  beforeAll(async () => {
    lambdaId = await runnableLambda(edge());
    stranger = await edge().token({ userId: '5f0000000000000000000002' });
  });
  const post = (body: object, headers = {}) =>
    edge().send('POST', '/v1/task', { body: { lambdaId, timeout: 10, ...body }, headers });
  return {
    edge,
    lambdaId: () => lambdaId,
    stranger: () => stranger,
    post,
    newTask: async (body = {}) => {
      const answer = await post(body);
      expect(answer.status).toBe(201);
      return (answer.json as { id: string }).id;
    },
    get: (id, rest = '') => edge().send('GET', `/v1/task/${id}${rest}`),
  };
}
