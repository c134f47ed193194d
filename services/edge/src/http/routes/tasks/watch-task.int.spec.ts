import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';

const { edge, get, newTask, stranger } = useTestTasks();

describe('watch (1.5)', () => {
  const watch = (id: string, headers = {}) => edge().open(`/v1/task/${id}/watch`, { headers });

  it('streams each event with type and id, and ends after TaskFinished', async () => {
    const id = await newTask();
    const response = await watch(id);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    edge().backends.assign(id);
    edge().backends.progress(id, 50);
    edge().backends.finish(id, { detail: 'one\ntwo' });
    const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('id:'));
    expect(blocks.map((block) => block.split('\n').slice(0, 2))).toEqual([
      ['event:TaskIssued', 'id:1'],
      ['event:TaskAssigned', 'id:2'],
      ['event:TaskProgressed', 'id:3'],
      ['event:TaskFinished', 'id:4'],
    ]);
    const history = (await get(id, '/history')).json as object[];
    expect(blocks.map((block) => JSON.parse(block.split('\ndata:')[1] ?? '') as object)).toEqual(
      history,
    );
  });

  it('goes on after Last-Event-ID', async () => {
    const id = await newTask();
    edge().backends.assign(id);
    const response = await watch(id, { 'last-event-id': '1' });
    edge().backends.finish(id);
    const text = await response.text();
    expect(text).not.toContain('TaskIssued');
    expect(text.match(/^event:.*$/gm)).toEqual(['event:TaskAssigned', 'event:TaskFinished']);
  });

  it('tells who comes back after the end to stay away', async () => {
    const id = await newTask();
    edge().backends.finish(id);
    expect((await watch(id, { 'last-event-id': '3' })).status).toBe(204);
    expect((await watch(id, { 'last-event-id': '2' })).status).toBe(200);
  });

  it('refuses a Last-Event-ID that is none', async () => {
    const answer = await edge().send('GET', `/v1/task/${await newTask()}/watch`, {
      headers: { 'last-event-id': 'x' },
    });
    expectProblem(answer, 400, 'INVALID_PARAMETER');
  });

  it('of a foreign task is a problem, not a stream', async () => {
    const answer = await edge().send('GET', `/v1/task/${await newTask()}/watch`, {
      token: stranger(),
    });
    expectProblem(answer, 404, 'TASK_NOT_FOUND');
  });

  it('ends inside when the client goes away', async () => {
    const { calls } = edge().backends;
    const ended = calls.sizes('watchTask ended').length;
    const client = new AbortController();
    await edge().open(`/v1/task/${await newTask()}/watch`, { signal: client.signal });
    client.abort();
    await eventually(() => calls.sizes('watchTask ended').length > ended);
  });

  it('answers HEAD with its headers only', async () => {
    const answer = await edge().send('HEAD', `/v1/task/${await newTask()}/watch`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
  });
});
