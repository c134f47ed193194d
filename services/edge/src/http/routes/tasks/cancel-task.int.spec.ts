import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';

const { edge, get, newTask, stranger } = useTestTasks();

describe('cancel (1.5)', () => {
  const cancel = (id: string, token?: string) =>
    edge().send('DELETE', `/v1/task/${id}`, token === undefined ? {} : { token });

  it('answers 204, also when repeated', async () => {
    const id = await newTask();
    for (const answer of [await cancel(id), await cancel(id)]) {
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect((await get(id)).json).toMatchObject({
      state: 'finished',
      outcome: 'cancelled',
      status: 499,
    });
  });

  it('has the ETag of the end, also when repeated, and no read with it is behind that end', async () => {
    const id = await newTask();
    edge().backends.assign(id);
    const tags = [await cancel(id), await cancel(id)].map(({ headers }) => headers.get('etag'));
    expect(tags).toEqual(['"3"', '"3"']);
    const read = await edge().send('GET', `/v1/task/${id}`, {
      headers: { 'if-none-match': '"2"' },
    });
    expect([read.status, read.headers.get('etag')]).toEqual([200, '"3"']);
  });

  it('is too late after another outcome', async () => {
    const id = await newTask();
    edge().backends.finish(id);
    expectProblem(await cancel(id), 409, 'TASK_ALREADY_FINISHED');
  });

  it('does not touch a foreign task', async () => {
    const id = await newTask();
    expectProblem(await cancel(id, stranger()), 404, 'TASK_NOT_FOUND');
    expect((await get(id)).json).toMatchObject({ state: 'issued' });
  });
});
