import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  eventually,
  startProcess,
  type TemporaryFolder,
  temporaryFolder,
} from '@greencloud/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('run-service');
});
afterAll(() => folder.remove());

const RUNTIME = JSON.stringify(new URL('../index.ts', import.meta.url).href);

/** A service with the given body of its `start`. */
async function service(body: string, options = ''): Promise<{ entry: string }> {
  const entry = join(folder.path, `${crypto.randomUUID()}.ts`);
  await writeFile(
    entry,
    `import { createLogger, runService, sleep } from ${RUNTIME};
     const logger = createLogger({ service: 'demo', level: 'debug' });
     const keepAlive = setInterval(() => {}, 1_000);
     runService({ name: 'demo', logger, ${options} start: async (lifecycle) => { ${body} } });`,
  );
  return { entry };
}

const READY = `lifecycle.ready({ grpc: '127.0.0.1:1', admin: 'http://127.0.0.1:2' });`;
const PARTS = ['postgres', 'server']
  .map((name) => `lifecycle.onStop('${name}', () => sleep(20).then(() => {}));`)
  .join('\n');

it('tells its parent and its log where it listens', async () => {
  await using running = await startProcess(await service(READY));
  expect(running.ready).toEqual({
    type: 'ready',
    grpc: '127.0.0.1:1',
    admin: 'http://127.0.0.1:2',
  });
  await eventually(() => expect(running.output()).toMatch(/"grpc":"127.0.0.1:1".*"msg":"ready"/));
});

it.each(['SIGINT', 'SIGTERM'] as const)('stops its parts in reverse at %s', async (signal) => {
  const running = await startProcess(await service(PARTS + READY));
  expect(await running.kill(signal)).toEqual({ code: 0, signal: null });
  expect(running.output()).toMatch(/"part":"server"[^]*"part":"postgres"[^]*"outcome":"clean"/);
});

it('goes on stopping when a second signal comes', async () => {
  const stopping = `lifecycle.onStop('slow', async () => {
    logger.info('slow part stops');
    await sleep(200);
  });`;
  const running = await startProcess(await service(stopping + READY));
  void running.kill('SIGINT');
  await eventually(() => expect(running.output()).toContain('slow part stops'));
  expect(await running.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('stops when its parent is gone', async () => {
  const { entry } = await service(PARTS + READY);
  const args = { execArgv: ['--conditions=@greencloud/source'], silent: true };
  const child = fork(entry, args);
  await once(child, 'message');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('aborts its signal before it stops its parts', async () => {
  const loop = `lifecycle.onStop('loop', () => logger.info(String(lifecycle.signal.aborted)));`;
  const running = await startProcess(await service(loop + READY));
  await running.stop();
  expect(running.output()).toContain('"msg":"true"');
});

it.each([
  ['start fails', `${PARTS} throw new Error('no database');`, 'no database'],
  ['a loop fails', `${PARTS} lifecycle.fail(new Error('lost the log'));`, 'lost the log'],
  ['an error is not caught', `${PARTS} setTimeout(() => { throw new Error('bug'); });`, 'bug'],
  ['a promise is not caught', `${PARTS} void Promise.reject(new Error('bug 2'));`, 'bug 2'],
])('stops its parts and exits with 1 when %s', async (_case, body, message) => {
  const started = startProcess(await service(body));
  const error = await started.then(String, String);
  expect(error).toContain('{"code":1,"signal":null}');
  expect(error).toContain(message);
  expect(error).toMatch(/"part":"server"[^]*"part":"postgres"/);
});

it('exits with 1 at its limit when a part hangs', async () => {
  const hanging = `lifecycle.onStop('hanging', () => new Promise(() => {}));`;
  const running = await startProcess(await service(hanging + READY, 'stopLimitMs: 100,'));
  expect(await running.stop()).toEqual({ code: 1, signal: null });
  expect(running.output()).toContain('not stopped within the limit');
});

it('ends cleanly when it is told to stop while it starts', async () => {
  const waiting = `${READY} await new Promise((_, reject) =>
    lifecycle.signal.addEventListener('abort', () => reject(lifecycle.signal.reason)));`;
  const running = await startProcess(await service(waiting));
  expect(await running.stop()).toEqual({ code: 0, signal: null });
});
