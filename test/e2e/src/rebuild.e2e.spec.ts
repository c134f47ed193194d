import { eventually } from '@greencloud/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from './client.ts';
import { type Stack, startStack } from './stack.ts';

describe('views that were dropped', () => {
  let stack: Stack;
  let api: RestClient;

  beforeAll(async () => {
    stack = await startStack({ nodes: 2 });
    api = stack.api;
  });
  afterAll(async () => {
    await stack?.stop();
  });

  async function everyTask(ids: string[]) {
    return Promise.all(ids.map(async (id) => (await api.call('GET', `/v1/task/${id}`)).json()));
  }

  async function wholeList() {
    return (await api.call('GET', '/v1/task/list?limit=1000')).json<unknown[]>();
  }

  it('are the same after a rebuild, row by row', async () => {
    const ids = await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        api.issue(stack.file.demo.lambdaId, `text number ${i}`),
      ),
    );
    await Promise.all(ids.map((id) => api.result(id)));
    const before = { tasks: await everyTask(ids), list: await wholeList() };
    expect(before.list.length).toBe(300);

    await dropViews(stack.file.databaseUrl);
    await stack.rebuild();

    expect({ tasks: await everyTask(ids), list: await wholeList() }).toEqual(before);
  });

  it('go on following the log after the rebuild', async () => {
    const id = await api.issue(stack.file.demo.lambdaId, 'afterwards');
    expect((await api.result(id)).status).toBe(200);
    await eventually(async () => expect((await wholeList()).length).toBe(301));
  });
});

async function dropViews(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('drop schema projection cascade');
  await client.end();
}
