import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

describe('2: a module lambda', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await stack().tenant();
  });

  /** Runs `export default async (request, context) => { body }` once. */
  async function run(body: string, payload = '', timeout = 30) {
    const code = `export default async (request, context) => { ${body} };`;
    const lambdaId = await tenant.createLambda('lambda', code);
    const id = await tenant.issue(lambdaId, payload, timeout);
    return { id, answer: await tenant.result(id) };
  }

  it('gets a standard Request: POST, its body is the payload', async () => {
    const { answer } = await run(
      'return { standard: request instanceof Request, method: request.method, text: await request.text() };',
      'the payload',
    );
    expect(answer.json()).toEqual({ standard: true, method: 'POST', text: 'the payload' });
  });

  it('answers a Response, a string, or a JSON value', async () => {
    const response = await run(
      'return new Response("r", { status: 203, headers: { "content-type": "text/css" } });',
    );
    expect(response.answer).toMatchObject({ status: 203, text: 'r' });
    expect(response.answer.headers['content-type']).toBe('text/css');
    expect((await run('return "s";')).answer).toMatchObject({ status: 200, text: 's' });
    for (const value of ['{"a":[1,null]}', '[]', '42', 'true', 'null']) {
      const { answer } = await run(`return ${value};`);
      expect(answer).toMatchObject({ status: 200, text: value });
    }
  });

  it('gets a context with taskId, attempt, deadline (ms) and signal', async () => {
    const { id, answer } = await run(
      'return { taskId: context.taskId, attempt: context.attempt, left: context.deadline - Date.now(), aborted: context.signal.aborted };',
      '',
      20,
    );
    const seen = answer.json<{ left: number }>();
    expect(seen).toMatchObject({ taskId: id, attempt: 1, aborted: false });
    expect(seen.left).toBeGreaterThan(10_000);
    expect(seen.left).toBeLessThanOrEqual(20_000);
  });

  it('tells its progress(0..100)', async () => {
    const { id } = await run(
      'context.progress(33); await new Promise((r) => setTimeout(r, 300)); return 1;',
    );
    expect((await tenant.history(id)).map(({ progress }) => progress)).toContain(33);
  });

  it('may log(…), which is no part of its answer', async () => {
    expect((await run('context.log("one", { two: 2 }); return "x";')).answer.text).toBe('x');
  });

  it('fails with its message when it throws', async () => {
    const { id, answer } = await run('throw new Error("out of wind");');
    expect(expectProblem(answer, 500, 'TASK_FAILED').detail).toContain('out of wind');
    expect(await tenant.task(id)).toMatchObject({ outcome: 'failed', status: 500 });
  });

  it('hears of a cancel by its signal', async () => {
    const code = `export default (request, context) => new Promise((_, reject) => {
      context.progress(1);
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });`;
    const id = await tenant.issue(await tenant.createLambda('patient', code), '');
    const stream = await tenant.watch(id);
    for await (const item of stream) {
      if (item.kind === 'event' && item.event === 'TaskProgressed') break;
    }
    expect((await tenant.call('DELETE', `/v1/task/${id}`)).status).toBe(204);
    expectProblem(await tenant.result(id), 410, 'TASK_CANCELLED');
  });
});
