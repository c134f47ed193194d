import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { freePort, startTime } from '@greencloud/embedded';
import {
  eventually,
  runProcess,
  type TemporaryFolder,
  type TestStack,
  temporaryFolder,
  withStack,
} from '@greencloud/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inRepository } from '../repository.ts';
import { stackFilePath } from './stack-file.ts';

const TEXT = 'the wind turns the mill';
const ANSWER = {
  characters: 23,
  words: 5,
  lines: 1,
  mostFrequent: [
    { word: 'the', count: 2 },
    { word: 'mill', count: 1 },
    { word: 'turns', count: 1 },
  ],
  sha256: createHash('sha256').update(TEXT).digest('hex'),
};

let folder: TemporaryFolder;
let stack: TestStack;
beforeAll(async () => {
  folder = await temporaryFolder('stack');
  stack = await withStack({ nodes: 1, dataDir: folder.path });
}, 120_000);
afterAll(async () => {
  await stack.stop();
  await folder.remove();
}, 30_000);

async function call(method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${stack.edgeUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token ?? (await stack.file()).tokens.demo}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

async function runDemo(): Promise<{ id: string; answer: unknown }> {
  const { lambdaId } = (await stack.file()).demo;
  const task = { lambdaId, timeout: 10, inlinePayload: TEXT };
  const created: { status: number; body: { id: string } } = await call('POST', '/v1/task', task);
  expect(created.status).toBe(201);
  const { id } = created.body;
  return { id, answer: (await call('GET', `/v1/task/${id}/result?wait=30`)).body };
}

async function allPids(): Promise<number[]> {
  const { processes } = await stack.file();
  return [stack.supervisor.pid, ...processes.map(({ pid }) => pid)];
}

async function expectAllGone(pids: number[]): Promise<void> {
  await eventually(async () => {
    const living = await Promise.all(pids.map(startTime));
    expect(living.filter((time) => time !== undefined)).toEqual([]);
  });
}

it('tells where everything is in a file that only its owner reads', async () => {
  const file = await stack.file();
  expect(file.edgeUrl).toBe(stack.edgeUrl);
  expect(Object.keys(file.grpc).toSorted()).toEqual([
    'lambda-catalog',
    'projection',
    'scheduler',
    'task-command',
  ]);
  expect(file.processes.map(({ service }) => service).toSorted()).toEqual([
    'edge',
    'lambda-catalog',
    'nats-server',
    'node-agent',
    'postgres',
    'projection',
    'scheduler',
    'task-command',
  ]);
  expect((await stat(stackFilePath(folder.path))).mode & 0o777).toBe(0o600);
});

it('says ready in one line', () => {
  expect(stack.supervisor.output()).toMatch(new RegExp(`^ready ${stack.edgeUrl}$`, 'm'));
});

it('has every service say on its admin port that it is ready', async () => {
  const { admin } = await stack.file();
  const answers = Object.entries(admin).map(async ([name, url]) => {
    return [name, (await fetch(`${url}/readyz`)).status];
  });
  const statuses = Object.fromEntries(await Promise.all(answers)) as Record<string, number>;
  expect(new Set(Object.values(statuses))).toEqual(new Set([200]));
});

it('answers a task of the demo lambda with the work done on its payload', async () => {
  expect((await runDemo()).answer).toEqual(ANSWER);
});

it('accepts a token from the command for its own tenant only', async () => {
  const token = await stack.tokenFor('64058fee9956fae80d7e0e8e', { scope: 'task:read' });
  expect(await call('GET', '/v1/task/list', undefined, token)).toEqual({ status: 200, body: [] });
});

it('starts each killed process again at its address, and goes on working', async () => {
  const before = await stack.file();
  for (const { service } of before.processes) {
    const killed = await stack.kill(service);
    const next = await killed.restarted();
    expect(next.pid).not.toBe(killed.pid);
  }
  expect(await stack.file()).toMatchObject({ grpc: before.grpc, natsUrl: before.natsUrl });
  await eventually(async () => expect((await runDemo()).answer).toEqual(ANSWER), {
    timeoutMs: 60_000,
  });
}, 180_000);

it('refuses a second stack on the folder', async () => {
  const second = await runProcess({
    entry: inRepository('deploy/local/src/main.ts'),
    env: { GC_DATA_DIR: folder.path, PORT: String(await freePort()) },
  });
  expect(second).toMatchObject({ code: 1, signal: null });
  expect(second.output).toContain(`another stack runs on ${folder.path}`);
});

it('names the port that another program has', async () => {
  const port = new URL(stack.edgeUrl).port;
  const second = await runProcess({
    entry: inRepository('deploy/local/src/main.ts'),
    env: { GC_DATA_DIR: `${folder.path}-other`, PORT: port },
  });
  expect(second.code).toBe(1);
  expect(second.output).toContain(`port ${port} is taken by another program`);
});

it('ends the whole tree within 10 s, and keeps every task for the next start', async () => {
  const { id } = await runDemo();
  const { demo } = await stack.file();
  const pids = await allPids();
  const since = Date.now();

  expect(await stack.stop()).toEqual({ code: 0, signal: null });

  expect(Date.now() - since).toBeLessThan(10_000);
  await expectAllGone(pids);
  stack = await withStack({ nodes: 1, dataDir: folder.path });
  expect((await stack.file()).demo).toEqual(demo);
  expect((await call('GET', `/v1/task/${id}/result`)).body).toEqual(ANSWER);
  expect((await call('GET', '/v1/node/list')).body).toHaveLength(1);
}, 120_000);

it('leaves nothing running when the supervisor is killed with -9, and comes back', async () => {
  const pids = await allPids();

  await stack.supervisor.kill('SIGKILL');

  await expectAllGone(pids);
  stack = await withStack({ nodes: 1, dataDir: folder.path });
  expect((await runDemo()).answer).toEqual(ANSWER);
}, 120_000);
