import { afterAll, beforeAll } from 'vitest';
import { startTestEdge, type TestEdge } from './test-edge.ts';

/** The edge that all tests of a file share; it is closed after the last of them. */
export function useTestEdge(env: Record<string, string> = {}): () => TestEdge {
  let edge: TestEdge | undefined;
  beforeAll(async () => {
    edge = await startTestEdge(env);
  });
  afterAll(() => edge?.close());
  return () => {
    if (edge === undefined) throw new Error('the edge is known within tests only');
    return edge;
  };
}
