import { describe, expect, it } from 'vitest';
import { fakeNode } from '../../../grpc/testing/fake-backends.ts';
import { expectProblem } from '../../../testing/expect-problem.ts';
import type { TestAnswer } from '../../../testing/test-edge.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';
import { zTask } from './task-schemas.ts';

const { edge, get, lambdaId, newTask, stranger } = useTestTasks();

describe('get (1.2)', () => {
  it('answers the whole object for each state', async () => {
    const id = await newTask();
    const { json } = await get(id);
    expect(zTask.parse(json)).toEqual({
      id,
      lambdaId: lambdaId(),
      issued: expect.stringMatching(/^\d{10}$/),
      assigned: '',
      finished: '',
      progress: 0,
      node: '',
      timeout: 10,
      capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
      state: 'issued',
      outcome: '',
      status: 0,
      attempt: 0,
      version: 1,
    });
    edge().backends.assign(id);
    expect((await get(id)).json).toMatchObject({ state: 'assigned', node: fakeNode, attempt: 1 });
    edge().backends.progress(id, 40);
    expect((await get(id)).json).toMatchObject({ state: 'running', progress: 40 });
    edge().backends.finish(id, { body: Buffer.from('done'), status: 201 });
    const finished = zTask.parse((await get(id)).json);
    expect(finished).toMatchObject({
      state: 'finished',
      outcome: 'succeeded',
      status: 201,
      result: { status: 201, contentType: 'text/plain', body: 'done' },
    });
    expect(Object.keys((await get(id)).json as object).slice(0, 9)).toEqual([
      'id',
      'lambdaId',
      'issued',
      'assigned',
      'finished',
      'progress',
      'node',
      'timeout',
      'capabilities',
    ]);
  });

  it('leaves out results that are large or binary', async () => {
    const [large, binary] = [await newTask(), await newTask()];
    edge().backends.finish(large, { body: Buffer.alloc(65_537, 'x') });
    edge().backends.finish(binary, { body: Buffer.from([1]), contentType: 'image/png' });
    for (const id of [large, binary]) expect((await get(id)).json).not.toHaveProperty('result');
  });

  it('has an ETag, and answers 304 to it until the task changes', async () => {
    const id = await newTask();
    const etag = (await get(id)).headers.get('etag') as string;
    const conditional = () =>
      edge().send('GET', `/v1/task/${id}`, { headers: { 'if-none-match': etag } });
    const unchanged = await conditional();
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    expect(unchanged.headers.get('etag')).toBe(etag);
    edge().backends.assign(id);
    expect((await conditional()).status).toBe(200);
  });

  it('is never older than the ETag that a client brings, whoever showed it', async () => {
    const id = await newTask();
    edge().backends.assign(id);
    edge().backends.progress(id, 50);
    const versionFor = async (headers: Record<string, string>) => {
      const answer = await edge().send('GET', `/v1/task/${id}`, { headers });
      return [answer.status, answer.headers.get('etag')];
    };
    edge().backends.log.lag = 2;
    try {
      // The control: another edge has shown version 3, this one knows nothing of it.
      expect(await versionFor({})).toEqual([200, '"1"']);
      expect(await versionFor({ 'if-none-match': '"2"' })).toEqual([200, '"3"']);
      expect(await versionFor({ 'if-none-match': 'W/"3"' })).toEqual([304, '"3"']);
    } finally {
      edge().backends.log.lag = 0;
    }
  });

  it('finds a task by its id in capitals', async () => {
    const id = await newTask();
    expect((await get(id.toUpperCase())).json).toMatchObject({ id });
  });

  it('answers a foreign id exactly like a missing one, without repeating it', async () => {
    const id = await newTask();
    const foreign = await edge().send('GET', `/v1/task/${id}`, { token: stranger() });
    const missing = await get('000000000000000000000000');
    expectProblem(foreign, 404, 'TASK_NOT_FOUND');
    const anonymous = ({ json }: TestAnswer) => ({ ...(json as object), requestId: '' });
    expect(anonymous(foreign)).toEqual(anonymous(missing));
    expect(foreign.text).not.toContain(id);
  });

  it.each(['x', '63f47d1c5bd6eeef8211c83', '%00', '63f47d1c5bd6eeef8211c83e%20', '..%2Flist'])(
    'refuses the id %s',
    async (id) => {
      expectProblem(await get(id), 400, 'INVALID_ID');
    },
  );

  it('answers HEAD like GET without a body', async () => {
    const id = await newTask();
    const [head, whole] = [await edge().send('HEAD', `/v1/task/${id}`), await get(id)];
    expect(head.text).toBe('');
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
  });
});
