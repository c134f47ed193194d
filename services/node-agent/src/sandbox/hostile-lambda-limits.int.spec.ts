import { describe, expect, it } from 'vitest';
import { attempt, withoutPermissions } from './hostile-lambda-fixtures.ts';
import {
  answerOf,
  isAlive,
  isolationKinds,
  openSandbox,
  placeFor,
  processTree,
} from './sandbox-fixtures.ts';

describe.each(isolationKinds)('a hostile lambda in %s isolation', (kind) => {
  const place = placeFor(kind);

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
