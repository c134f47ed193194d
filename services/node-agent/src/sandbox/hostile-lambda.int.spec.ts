import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid, pid } from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  isAlive,
  isolationKinds,
  openSandbox,
  placeFor,
  processTree,
  withoutPermissionModel,
} from './sandbox-fixtures.ts';

/** A lambda whose body is tried, and whose error is the answer. */
function attempt(body: string): string {
  return `
    import * as fs from 'node:fs'; import * as net from 'node:net'; import * as child from 'node:child_process';
    import { Worker } from 'node:worker_threads'; import process from 'node:process';
    export default async () => { try { return await (async () => { ${body} })() }
      catch (error) { return { refused: error.code ?? error.message } } }`;
}

const readPasswd = attempt(`return fs.readFileSync('/etc/passwd', 'utf8').split(':')[0]`);
const spawnChild = attempt(
  `return child.spawnSync('/bin/sh', ['-c', 'echo out']).stdout?.toString()`,
);
const denied = { refused: 'ERR_ACCESS_DENIED' };

describe.each(isolationKinds)('a hostile lambda in %s isolation', (kind) => {
  const place = placeFor(kind);
  const withoutPermissions = { alter: withoutPermissionModel };

  it('cannot read a file of the system', async () => {
    expect(await answerOf(place, readPasswd)).toEqual(denied);
  });

  it('cannot list the root folder', async () => {
    expect(await answerOf(place, attempt(`return fs.readdirSync('/')`))).toEqual(denied);
  });

  it('cannot start a child process', async () => {
    expect(await answerOf(place, spawnChild)).toEqual(denied);
  });

  it('cannot start a thread', async () => {
    const code = attempt(`new Worker('1', { eval: true }); return 'started'`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('cannot reach the internals that would undo its limits', async () => {
    const code = attempt(`return Object.keys(process.binding('spawn_sync'))`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('cannot load a native addon', async () => {
    const code = attempt(`process.dlopen({ exports: {} }, '/node'); return 'loaded'`);
    expect(await answerOf(place, code)).toEqual({ refused: 'ERR_DLOPEN_DISABLED' });
  });

  it('cannot open the inspector', async () => {
    const code = attempt(`const i = await import('node:inspector'); i.open(0); return i.url()`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('sees nothing of the agent in its environment', async () => {
    expect(env['PATH']).toBeDefined();
    const names = await answerOf(place, attempt(`return Object.keys(process.env)`));
    expect(['TZ', 'PWD', 'OLDPWD', 'SHLVL', '_']).toEqual(
      expect.arrayContaining(names as string[]),
    );
  });

  it('is not root', async () => {
    if (kind === 'process' && getuid?.() !== 0) return;
    expect(await answerOf(place, attempt(`return [process.getuid(), process.getgid()]`))).toEqual([
      65_534, 65_534,
    ]);
  });

  describe('that writes files', () => {
    const file = join(tmpdir(), `greencloud-hostile-${pid}-${kind}`);
    const write = (name: string) =>
      attempt(`fs.writeFileSync(${JSON.stringify(name)}, 'x'); return 'written'`);
    afterEach(() => rmSync(file, { force: true }));

    it('is refused', async () => {
      expect(await answerOf(place, write(file))).toEqual(denied);
      expect(existsSync(file)).toBe(false);
    });

    it('reaches no folder of this machine even without the permission model', async () => {
      const answer = await answerOf(place, write(file), withoutPermissions);
      // The control: a process without the model writes.
      expect(existsSync(file)).toBe(kind === 'process');
      // A namespace has its own /tmp, bounded and gone with it.
      expect(answer).toBe('written');
    });
  });

  if (kind === 'namespace')
    it('sees an empty, read-only, bounded system without the model', async () => {
      const code = attempt(`
      const outcome = (act) => { try { return act() } catch (error) { return error.code } };
      return {
        root: fs.readdirSync('/').sort(), passwd: outcome(() => fs.readFileSync('/etc/passwd')),
        lib: outcome(() => fs.writeFileSync('/lib/x', '')), runner: outcome(() => fs.writeFileSync('/runner/x', '')),
        node: outcome(() => fs.writeFileSync('/node', '')), root2: outcome(() => fs.writeFileSync('/x', '')),
        flood: outcome(() => fs.writeFileSync('/tmp/x', Buffer.alloc(17 * 1024 * 1024))),
        shell: child.spawnSync('/bin/sh', ['-c', 'true']).error?.code }`);
      expect(await answerOf(place, code, withoutPermissions)).toEqual({
        root: ['lib', 'lib64', 'node', 'runner', 'tmp'].filter(inside(place.libraries)),
        passwd: 'ENOENT',
        lib: 'EROFS',
        runner: 'EROFS',
        node: expect.stringMatching(/EROFS|ETXTBSY|EACCES/),
        root2: 'EROFS',
        flood: 'ENOSPC',
        shell: 'ENOENT',
      });
    });

  if (kind === 'process')
    it('reads and spawns without the permission model', async () => {
      expect(await answerOf(place, readPasswd, withoutPermissions)).toBe('root');
      expect(await answerOf(place, spawnChild, withoutPermissions)).toBe('out\n');
    });

  it(`${kind === 'namespace' ? 'cannot' : 'can (only bubblewrap guards it)'} reach the network`, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const code = attempt(`const socket = net.connect(${port}, '127.0.0.1');
      return new Promise((resolve, reject) => socket.on('data', (d) => resolve(String(d))).on('error', reject))`);
    const answer = await answerOf(place, code);
    server.close();
    if (kind === 'process') expect([answer, connections]).toEqual(['hello', 1]);
    else expect([answer, connections]).toEqual([{ refused: expect.any(String) }, 0]);
  });

  if (kind === 'namespace')
    it('sees no other process and cannot signal one', async () => {
      const code = attempt(`
      const probe = (id) => { try { return process.kill(id, 0) } catch (error) { return error.code } };
      return { agent: probe(${pid}), pid: process.pid, proc: fs.existsSync('/proc') }`);
      const answer = await answerOf(place, code, withoutPermissions);
      expect(answer).toEqual({ agent: 'ESRCH', pid: expect.any(Number), proc: false });
      expect((answer as { pid: number }).pid).toBeLessThan(10);
    });

  if (kind === 'process' && getuid?.() === 0)
    it('cannot signal the agent', async () => {
      const code = attempt(`return process.kill(${pid}, 0)`);
      expect(await answerOf(place, code)).toEqual({ refused: 'EPERM' });
    });

  it('leaves no file descriptor of the agent open to it', async () => {
    const code = attempt(`const open = []; for (let fd = 0; fd < 64; fd++) {
      try { const s = fs.fstatSync(fd); if (s.isFile()) open.push(fd) } catch {} } return open`);
    expect(await answerOf(place, code)).toEqual([]);
  });

  describe('that wants all memory', () => {
    it('dies of its heap limit', async () => {
      await using open = await openSandbox(
        place,
        `export default () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)) }`,
      );
      expect(await open.run()).toEqual({
        kind: 'crashed',
        detail: 'the lambda ran out of memory (limit 64 MiB)',
      });
    });

    const buffers = attempt(
      `const all = []; for (let i = 0; i < 40; i++) all.push(Buffer.alloc(2e7)); return 'got 800 MB'`,
    );

    it('gets no bytes outside of the heap either', async () => {
      // Refused to the lambda, or V8 gives up first.
      const answer = JSON.stringify(await answerOf(place, buffers));
      expect(answer).toMatch(/ERR_MEMORY_ALLOCATION_FAILED|allocation failed|ran out of memory/);
    });

    it('would get them without the limit', async () => {
      const answer = await answerOf(place, buffers, {
        alter: (plan) => ({
          ...plan,
          args: plan.args.map((arg) => arg.replace(/ulimit -d \d+ && /, '')),
        }),
      });
      expect(answer).toBe('got 800 MB');
    });
  });

  describe('that does not end', () => {
    it.each([
      ['a synchronous loop', `for (;;);`],
      ['a promise that never settles', `await new Promise(() => {})`],
      ['a loop of microtasks', `for (;;) await null`],
      [
        'one that ignores its signal',
        `context.signal.addEventListener('abort', () => { for (;;); }); await new Promise(() => {})`,
      ],
    ])('is killed at its deadline: %s', async (_, body) => {
      await using open = await openSandbox(
        place,
        `export default async (request, context) => { ${body} }`,
      );
      const tree = processTree(open.sandbox.pid);
      expect(tree.length).toBe(kind === 'namespace' ? 3 : 1);
      const startedAt = performance.now();
      const outcome = await open.run({ timeoutMs: 200 });
      expect(outcome).toEqual({ kind: 'timed-out' });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      await expect.poll(() => tree.filter(isAlive)).toEqual([]);
      expect(open.sandbox.state).toBe('ended');
    });

    it('is killed on cancel within a second, with all its processes', async () => {
      await using open = await openSandbox(place, `export default () => { for (;;); }`);
      const tree = processTree(open.sandbox.pid);
      const outcome = open.run();
      const startedAt = performance.now();
      open.sandbox.cancel();
      expect(await outcome).toEqual({ kind: 'stopped' });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      await expect.poll(() => tree.filter(isAlive)).toEqual([]);
    });

    it('takes children that it managed to start along', async () => {
      const code = `import { spawn } from 'node:child_process';
        export default (request, { progress }) => {
          const script = 'setInterval(() => {}, 1000)';
          spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
          progress(1); for (;;); }`;
      await using open = await openSandbox(place, code, withoutPermissions);
      const before = processTree(open.sandbox.pid).length;
      const outcome = open.run({ onProgress: () => undefined });
      await expect.poll(() => processTree(open.sandbox.pid).length).toBeGreaterThan(before);
      const tree = processTree(open.sandbox.pid);
      open.sandbox.kill();
      await outcome;
      await expect.poll(() => tree.filter(isAlive)).toEqual([]);
    });
  });

  describe('that ends by itself', () => {
    it.each([
      ['exits', `process.exit(0)`, /ended before it answered \(exit code 0\)/],
      ['aborts', `process.abort()`, /exit code 134|SIGABRT/],
      [
        'kills itself',
        `process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})`,
        /exit code 137|SIGKILL/,
      ],
      [
        'leaves a rejection unhandled',
        `Promise.reject(new Error('nobody saw')); await new Promise(() => {})`,
        /^nobody saw$/,
      ],
      [
        'throws in a timer',
        `setTimeout(() => { throw new Error('late') }); await new Promise(() => {})`,
        /^late$/,
      ],
    ])('fails when it %s', async (_, body, detail) => {
      await using open = await openSandbox(
        place,
        `import process from 'node:process'; export default async () => { ${body} }`,
      );
      const outcome = await open.run();
      expect(outcome).toEqual({ kind: 'crashed', detail: expect.stringMatching(detail) });
      expect(open.sandbox.state).toBe('ended');
    });

    it('keeps its answer when something breaks after it, and loses its sandbox', async () => {
      await using open = await openSandbox(
        place,
        `export default async () => { setImmediate(() => Promise.reject(new Error('late'))); return 1 }`,
      );
      expect(await open.run()).toMatchObject({ kind: 'answered', status: 200 });
      await open.sandbox.ended;
      expect(open.sandbox.state).toBe('ended');
    });
  });
});

function inside(libraries: readonly string[]): (folder: string) => boolean {
  const folders = new Set(libraries.map((library) => library.split('/')[1]));
  return (folder) => !folder.startsWith('lib') || folders.has(folder);
}

it('leaves no readable secret in the runner folder', () => {
  const { runner } = placeFor('process');
  expect(readdirSync(runner).filter((name) => !name.endsWith('.mjs'))).toEqual([]);
});
