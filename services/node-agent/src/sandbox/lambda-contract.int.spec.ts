import { describe, expect, it } from 'vitest';
import { isolationKinds, openSandbox, placeFor } from './sandbox-fixtures.ts';

describe.each(isolationKinds)('a lambda in %s isolation', (kind) => {
  const place = placeFor(kind);

  async function outcomeOf(code: string, request: object = {}) {
    await using open = await openSandbox(place, code);
    expect(open.loaded).toEqual({ kind: 'ready' });
    const outcome = await open.run(request);
    if (outcome.kind !== 'answered') return outcome;
    return { ...outcome, body: Buffer.from(outcome.body).toString() };
  }

  it('gets the payload byte for byte as a POST request', async () => {
    const code = `export default async (request) => ({
      method: request.method,
      type: request.headers.get('content-type'),
      bytes: [...new Uint8Array(await request.arrayBuffer())],
    })`;
    const outcome = await outcomeOf(code, {
      contentType: 'text/plain',
      body: Buffer.from([0, 255, 10, 13, 128]),
    });
    expect(outcome).toMatchObject({
      kind: 'answered',
      status: 200,
      contentType: 'application/json',
    });
    expect(JSON.parse('body' in outcome ? outcome.body : '')).toEqual({
      method: 'POST',
      type: 'text/plain',
      bytes: [0, 255, 10, 13, 128],
    });
  });

  it('gets a context with task, attempt, deadline and signal', async () => {
    const before = Date.now();
    const code = `export default (request, context) => [
      context.taskId, context.attempt, context.deadline, context.signal.aborted ]`;
    const outcome = await outcomeOf(code, { attempt: 3, timeoutMs: 20_000 });
    const [taskId, attempt, deadline, aborted] = JSON.parse('body' in outcome ? outcome.body : '');
    expect([taskId, attempt, aborted]).toEqual(['64058fee9956fae80d7e0e8e', 3, false]);
    expect(deadline).toBeGreaterThanOrEqual(before + 20_000);
  });

  it.each([
    ['a string as text', `'grüße'`, 200, 'text/plain; charset=utf-8', 'grüße'],
    ['a JSON value', `({ a: [1, null] })`, 200, 'application/json', '{"a":[1,null]}'],
    ['null as JSON', `null`, 200, 'application/json', 'null'],
    ['undefined as 204', `undefined`, 204, '', ''],
    [
      'a Response as it is',
      `new Response('<b>', { status: 404, headers: { 'content-type': 'text/html' } })`,
      404,
      'text/html',
      '<b>',
    ],
    ['a Response of a stream', `new Response(new Blob(['x']).stream())`, 200, '', 'x'],
  ])('answers %s', async (_, value, status, contentType, body) => {
    const outcome = await outcomeOf(`export default async () => (${value})`);
    expect(outcome).toEqual({ kind: 'answered', status, contentType, body });
  });

  it.each([
    ['a throw, by its message', `throw new Error('no such colour')`, 'no such colour'],
    ['a thrown string', `throw 'plain'`, 'plain'],
    ['a stack overflow', `(function f() { f() })()`, 'Maximum call stack size exceeded'],
    ['a cyclic answer', `const a = {}; a.a = a; return a`, /circular structure/],
    ['a function as the answer', `return () => 1`, 'the lambda answered a function'],
    ['bare bytes as the answer', `return new Uint8Array(2)`, /wrap them in a Response/],
    ['a message that throws', `throw { toString() { throw 1 } }`, /cannot be shown/],
    ['a result above 1 MiB', `return 'x'.repeat(1048577)`, /larger than 1048576 bytes/],
    [
      'an endless stream',
      `return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) }))`,
      /larger than 1048576 bytes/,
    ],
  ])('fails with %s', async (_, body, detail) => {
    const outcome = await outcomeOf(`export default async () => { ${body} }`);
    expect(outcome).toEqual({ kind: 'failed', detail: expect.stringMatching(detail) });
  });

  it('bounds the detail of a failure to 1,024 characters', async () => {
    const outcome = await outcomeOf(`export default () => { throw new Error('é'.repeat(5000)) }`);
    expect(outcome).toEqual({ kind: 'failed', detail: 'é'.repeat(1_024) });
  });

  it('answers exactly 1 MiB', async () => {
    const outcome = await outcomeOf(`export default () => 'x'.repeat(1048576)`);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('goes on after a failure', async () => {
    await using open = await openSandbox(
      place,
      `let calls = 0; export default () => { if (++calls === 1) throw new Error('once'); return calls }`,
    );
    expect(await open.run()).toMatchObject({ kind: 'failed', detail: 'once' });
    expect(open.sandbox.state).toBe('idle');
    expect(await open.run()).toMatchObject({ kind: 'answered' });
  });

  it('reports rising progress, throttled, the last value first of all', async () => {
    const seen: number[] = [];
    const code = `export default async (request, context) => {
      for (let percent = 1; percent <= 60; percent++) context.progress(percent);
      context.progress(10);
      await new Promise((resolve) => setTimeout(resolve, 300));
      context.progress(61);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }`;
    await outcomeOf(code, { onProgress: (percent: number) => seen.push(percent) });
    expect(seen).toEqual([1, 60, 61]);
  });

  it('keeps what it prints for the agent', async () => {
    await using open = await openSandbox(
      place,
      `export default (request, context) => { context.log('seen', { a: 1 }); console.error('bad') }`,
    );
    await open.run();
    await expect.poll(() => open.sandbox.output).toMatch(/seen \{ a: 1 \}[^]*bad|bad[^]*seen/);
  });

  it('has its signal aborted on cancel, and keeps its sandbox when it obeys', async () => {
    const code = `export default (request, { signal, progress }) => new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      progress(50);
    })`;
    // Longer than the product gives: a busy machine is not a lambda that does not obey.
    await using open = await openSandbox(place, code, { abortGraceMs: 10_000 });
    const outcome = open.run({ onProgress: () => open.sandbox.cancel() });
    expect(await outcome).toEqual({ kind: 'stopped' });
    expect(open.sandbox.state).toBe('idle');
  });

  it.each([
    ['has a syntax error', `export default (`, /Unexpected end|Unexpected token/],
    ['throws while it loads', `throw new Error('no config')`, /^no config \(lambda\.mjs:1\)$/],
    ['has no default export', `export const a = 1`, /no default export/],
    ['imports a package', `import 'left-pad'; export default () => 1`, /cannot import "left-pad"/],
    ['exits while it loads', `process.exit(3)`, /exit code 3/],
  ])('does not load when it %s', async (_, code, detail) => {
    await using open = await openSandbox(place, code);
    const kind = code.includes('process.exit') ? 'ended' : 'failed';
    expect(open.loaded).toEqual({ kind, detail: expect.stringMatching(detail) });
    expect(open.sandbox.state).toBe('ended');
  });

  it('may import what Node brings', async () => {
    const code = `import { createHash } from 'node:crypto';
      export default async () => createHash('sha256').update('a').digest('hex').slice(0, 8)`;
    expect(await outcomeOf(code)).toMatchObject({ body: 'ca978112' });
  });

  it('is killed when its module never finishes loading', async () => {
    await using open = await openSandbox(place, 'for (;;);', { loadLimitMs: 300 });
    expect(open.loaded).toEqual({ kind: 'timed-out' });
    await open.sandbox.ended;
  });
});
