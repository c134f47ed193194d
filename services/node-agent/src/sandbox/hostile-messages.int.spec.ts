import { describe, expect, it } from 'vitest';
import { isolationKinds, openSandbox, placeFor } from './sandbox-fixtures.ts';

/** What hostile code can always do: write to the pipe itself. Kinds and layouts as in the runner. */
const forge = `
  import { writeSync } from 'node:fs';
  const raw = (bytes) => { for (let at = 0; at < bytes.length;) {
    try { at += writeSync(3, bytes, at) } catch (error) { if (error.code !== 'EAGAIN') throw error } } };
  const frame = (kind, body) => { const head = Buffer.alloc(5);
    head.writeUInt32LE(body.length + 1); head[4] = kind; raw(Buffer.concat([head, body])) };
  const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b };
  
  // Finds its own number where a spy would: in what the runner reads.
  let own = 0;
  const read = Buffer.prototype.readUInt32LE;
  Buffer.prototype.readUInt32LE = function (at) {
    const value = read.call(this, at);
    if (at === 0 && this.length > 4) own = value;
    return value;
  };
  const answer = (number, text) => frame(19, Buffer.concat([u32(number), Buffer.from([200, 0, 0, 0]), Buffer.from(text)]));
  const progress = (number, percent) => frame(22, Buffer.concat([u32(number), Buffer.from([percent])]));
  const never = new Promise(() => {});
  const flood = async (print) => { for (;;) { print('x'.repeat(1000)); await new Promise(setImmediate) } };
`;

describe.each(isolationKinds)('messages of a hostile lambda in %s isolation', (kind) => {
  const place = placeFor(kind);
  const open = (body: string) =>
    openSandbox(place, `${forge} export default async (request, context) => { ${body} }`);

  it.each([
    ['garbage', `raw(Buffer.from([1, 0, 0, 0, 99]))`, /unknown kind 99/],
    ['an empty frame', `raw(Buffer.from([0, 0, 0, 0]))`, /without a kind/],
    [
      'a frame of 4 GiB',
      `raw(Buffer.from([255, 255, 255, 255, 19]))`,
      /a frame of 4294967295 bytes/,
    ],
    ['a frame that is too short', `frame(19, u32(own))`, /too short/],
    [
      'an impossible status',
      `frame(19, Buffer.concat([u32(own), Buffer.from([20, 0, 0, 0])]))`,
      /status 20/,
    ],
    [
      'an answer that is cut off',
      `frame(19, Buffer.concat([u32(own), Buffer.from([200, 0, 9, 0])]))`,
      /cut off/,
    ],
    [
      'a header smuggled in a content type',
      `frame(19, Buffer.concat([u32(own), Buffer.from([200, 0, 2, 0]), Buffer.from('\\r\\n')]))`,
      /not text/,
    ],
    ['a progress of 200', `progress(own, 200)`, /a progress of 200/],
    ['an answer for another task', `answer(own + 1, 'forged')`, /a message of another task/],
    ['a second load', `frame(17, Buffer.alloc(0))`, /ready\) in the middle/],
    [
      'a flood of progress',
      `for (let i = 0; i < 1000; i++) progress(own, 1)`,
      /a flood of progress/,
    ],
    ['a flood of text', `await flood(console.log)`, /printed more than 1048576 bytes/],
    ['a flood on stderr', `await flood(console.error)`, /printed more than/],
    ['a flood of logs', `await flood(context.log)`, /printed more than/],
  ])('kill its sandbox: %s', async (_, body, detail) => {
    await using sandbox = await open(`${body}; await never`);
    const outcome = await sandbox.run();
    expect(outcome).toEqual({ kind: 'crashed', detail: expect.stringMatching(detail) });
    expect(sandbox.sandbox.state).toBe('ended');
  });

  it('cannot answer the next task: a forged answer between two tasks ends the sandbox', async () => {
    await using sandbox = await open(`setTimeout(() => answer(own, 'forged'), 20); return 'mine'`);
    expect(await sandbox.run()).toMatchObject({ kind: 'answered' });
    await sandbox.sandbox.ended;
  });

  it('cannot answer twice: what follows the answer ends the sandbox', async () => {
    await using sandbox = await open(`answer(own, 'first'); answer(own, 'forged'); return 'mine'`);
    const outcome = await sandbox.run();
    expect(outcome).toMatchObject({ kind: 'answered', body: Buffer.from('first') });
    await sandbox.sandbox.ended;
  });

  it('cannot write an answer ahead: the next number is not to be guessed', async () => {
    const guesses = `for (let n = own - 1000; n < own + 1000; n++) if (n !== own) answer(n, 'ahead')`;
    await using sandbox = await openSandbox(
      place,
      `${forge} let calls = 0; export default async () => { if (++calls === 2) { ${guesses} } return 'mine' }`,
    );
    expect(await sandbox.run()).toMatchObject({ kind: 'answered', body: Buffer.from('mine') });
    expect(await sandbox.run()).toMatchObject({ kind: 'crashed' });
  });

  it('cannot answer for a finished task while another runs', async () => {
    await using sandbox = await openSandbox(
      place,
      `${forge} let calls = 0; export default async () => {
        if (++calls === 1) { globalThis.first = own; return 1 } answer(first, 'late'); await never }`,
    );
    expect(await sandbox.run()).toMatchObject({ kind: 'answered' });
    const outcome = await sandbox.run();
    expect(outcome).toEqual({ kind: 'crashed', detail: expect.stringMatching(/another task/) });
  });

  it('gain nothing from a poisoned runtime: the agent believes frames, not objects', async () => {
    await using sandbox = await open(`
      for (const type of [Object, Array, Map, Promise, Buffer, Uint8Array, String, RegExp, Function])
        for (const name of Object.getOwnPropertyNames(type.prototype))
          try { type.prototype[name] = () => { throw new Error('poisoned') } } catch {}
      return 'x'`);
    const outcome = await sandbox.run({ timeoutMs: 500 });
    // Whatever becomes of the process, it is this task's own loss.
    expect(['crashed', 'failed', 'timed-out']).toContain(outcome.kind);
  });

  it('may keep its memory: an announced frame costs the agent no more than its limit', async () => {
    await using sandbox = await open(`raw(Buffer.from([0, 0, 16, 0, 19])); await never`);
    const before = process.memoryUsage().arrayBuffers;
    expect(await sandbox.run({ timeoutMs: 200 })).toEqual({ kind: 'timed-out' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  });
});
