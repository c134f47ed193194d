import { describe, expect, it } from 'vitest';
import { useTestEdge } from '../../testing/use-test-edge.ts';

const edge = useTestEdge();

describe('the metrics (3)', () => {
  it('are the numbers of tasks and nodes', async () => {
    expect((await edge().send('GET', '/v1/metrics')).json).toEqual({
      pendingTasks: 0,
      runningTasks: 0,
      activeNodes: 3,
      freeNodes: 2,
      busyNodes: 1,
      todayTasks: 0,
      completedTasks: 0,
    });
  });
});
