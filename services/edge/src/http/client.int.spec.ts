import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Client,
  createClient,
  dataOf,
  ProblemError,
  taskResult,
  watchTask,
} from '@greencloud/client';
import { eventually } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEdge, type TestEdge } from '../testing/test-edge.ts';

/** The client is generated from the API document, and the edge is not: each proves the other. */
describe('the generated client', () => {
  let edge: TestEdge;
  let client: Client;
  let lambdaId: string;

  beforeAll(async () => {
    edge = await startTestEdge();
    client = createClient({ url: edge.url, token: () => edge.token() });
    const body = { name: 'hello', lang: 'js', type: 'module' } as const;
    lambdaId = dataOf(await client.POST('/v1/lambda', { body })).id;
    await client.PUT('/v1/lambda/{lambdaId}/code', {
      params: { path: { lambdaId } },
      body: 'export default () => 1;',
      bodySerializer: String,
      headers: { 'content-type': 'text/javascript' },
    });
  });
  afterAll(() => edge.close());

  const issue = async () =>
    dataOf(await client.POST('/v1/task', { body: { lambdaId, timeout: 10 } })).id;

  it('issues, gets and lists tasks', async () => {
    const taskId = await issue();
    const task = dataOf(await client.GET('/v1/task/{taskId}', { params: { path: { taskId } } }));
    expect(task).toMatchObject({ id: taskId, lambdaId, state: 'issued', node: '' });
    const list = dataOf(
      await client.GET('/v1/task/list', { params: { query: { limit: 1_000, state: 'issued' } } }),
    );
    expect(list.map(({ id }) => id)).toContain(taskId);
  });

  it('throws a problem with its code and every wrong member', async () => {
    const body = { lambdaId, timeout: 9 };
    const error = await client
      .POST('/v1/task', { body })
      .then(dataOf)
      .catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      problem: { code: 'VALIDATION_FAILED', errors: [{ pointer: '/timeout' }] },
      retryAfterMs: undefined,
    });
  });

  it('tells a problem of the service from a status that the lambda chose', async () => {
    const taskId = await issue();
    expect(await taskResult(client, taskId)).toBeUndefined();
    const content = { status: 404, contentType: 'text/html', body: Buffer.from('<i>none</i>') };
    edge.backends.finish(taskId, content);
    const result = await taskResult(client, taskId, { waitSeconds: 5 });
    expect(result).toEqual({
      status: 404,
      contentType: 'text/html',
      bytes: new Uint8Array(content.body),
    });
  });

  it('throws for a task that did not succeed', async () => {
    const taskId = await issue();
    edge.backends.finish(taskId, { outcome: 'failed', status: 500, detail: 'no rows' });
    await expect(taskResult(client, taskId)).rejects.toMatchObject({
      problem: { code: 'TASK_FAILED', detail: 'no rows' },
    });
  });

  it('watches a task to its end', async () => {
    const taskId = await issue();
    const types: string[] = [];
    const watched = (async () => {
      for await (const event of watchTask(client, taskId)) types.push(event.type);
    })();
    await eventually(() => types.length === 1);
    edge.backends.assign(taskId);
    edge.backends.finish(taskId);
    await watched;
    expect(types).toEqual(['TaskIssued', 'TaskAssigned', 'TaskFinished']);
    for await (const event of watchTask(client, taskId, { afterVersion: 3 }))
      types.push(event.type);
    expect(types).toHaveLength(3);
  });

  it('goes on behind the last event when the stream breaks', async () => {
    const taskId = await issue();
    edge.backends.assign(taskId);
    const proxy = await cuttingProxy(edge.url);
    const behindProxy = createClient({ url: proxy.url, token: await edge.token() });
    const versions: number[] = [];
    for await (const event of watchTask(behindProxy, taskId)) {
      versions.push(event.version);
      if (event.version === 2) {
        proxy.cut();
        edge.backends.finish(taskId);
      }
    }
    expect(versions).toEqual([1, 2, 3]);
    expect(proxy.asked()).toEqual(['0', '2']);
    proxy.close();
  });
});

/** Passes watches on, and cuts those that are open when told to. */
async function cuttingProxy(target: string) {
  const asked: unknown[] = [];
  const open = new Set<() => void>();
  const server = createServer((request, response) => {
    asked.push(request.headers['last-event-id']);
    open.add(() => response.destroy());
    const headers = request.headers as Record<string, string>;
    void fetch(new URL(request.url ?? '', target), { headers }).then(async ({ body }) => {
      for await (const chunk of body ?? []) response.write(chunk);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    cut: () => open.forEach((cut) => cut()),
    close: () => server.close(),
  };
}
