import { describe, expect, it } from 'vitest';
import { fakeNode } from '../../../grpc/testing/fake-backends.ts';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';
import { zTaskEvent } from './task-event-schemas.ts';

const { edge, get, newTask, stranger } = useTestTasks();

describe('history (1.5)', () => {
  it('is the events in order', async () => {
    const id = await newTask({ inlinePayload: 'abc' });
    edge().backends.assign(id);
    edge().backends.progress(id, 10);
    edge().backends.finish(id, { body: Buffer.from('four') });
    const events = zTaskEvent.array().parse((await get(id, '/history')).json);
    expect(events.map(({ version, type }) => [version, type])).toEqual([
      [1, 'TaskIssued'],
      [2, 'TaskAssigned'],
      [3, 'TaskProgressed'],
      [4, 'TaskFinished'],
    ]);
    for (const { at, atMs } of events) expect(at).toBe(String(Math.floor(atMs / 1_000)));
    expect(events[0]).toMatchObject({
      timeout: 10,
      payload: { size: 3, contentType: 'text/plain' },
    });
    expect(events[1]).toMatchObject({ node: fakeNode, attempt: 1 });
    expect(events[3]).toMatchObject({ outcome: 'succeeded', result: { size: 4 } });
  });

  it('of a foreign task is not found', async () => {
    const answer = await edge().send('GET', `/v1/task/${await newTask()}/history`, {
      token: stranger(),
    });
    expectProblem(answer, 404, 'TASK_NOT_FOUND');
  });
});
