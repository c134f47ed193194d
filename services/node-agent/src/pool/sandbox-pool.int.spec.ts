import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planLaunch } from '../sandbox/launch-plan.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cpuTicks,
  isAlive,
  isolationKinds,
  placeFor,
  processTree,
  requestOf,
  strongest,
} from '../sandbox/sandbox-fixtures.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { PoolOptions, SandboxSpec } from './pool-options.ts';
import { SandboxPool } from './sandbox-pool.ts';

const place = placeFor(strongest);
const counter = `let calls = 0; globalThis.secret ??= 'unset';
  export default async (request) => { const before = globalThis.secret;
    globalThis.secret = await request.text(); return { calls: ++calls, before } }`;

function specOf(change: Partial<SandboxSpec> = {}): SandboxSpec {
  return {
    tenantId: 'alice',
    codeVersion: 'v1',
    memoryMib: 64,
    code: Buffer.from(counter),
    ...change,
  };
}

describe('the pool of sandboxes', () => {
  let pool: SandboxPool;

  function open(change: Partial<PoolOptions> = {}): void {
    pool = new SandboxPool({
      plan: (memoryMib) => planLaunch(place, memoryMib),
      sandboxes: 4,
      memoryMib: 1_024,
      idleMs: 60_000,
      loadLimitMs: 10_000,
      startsAtOnce: 2,
      spares: { count: 0, memoryMib: 64, backoffMs: 10 },
      ...change,
    });
  }
  beforeEach(() => open());
  afterEach(() => pool.close());

  async function take(change: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    const acquired = await pool.acquire(specOf(change));
    if (acquired.kind !== 'ready') throw new Error(acquired.kind);
    return acquired.sandbox;
  }

  async function use(change: Partial<SandboxSpec> = {}): Promise<{ pid: number; answer: unknown }> {
    const sandbox = await take(change);
    const body = Buffer.from('a secret');
    const outcome = await sandbox.run(requestOf({ contentType: 'text/plain', body }));
    pool.release(sandbox);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    return { pid: sandbox.pid, answer: JSON.parse(Buffer.from(outcome.body).toString()) };
  }

  it('reuses a warm sandbox for the same tenant and code version', async () => {
    const first = await use();
    const second = await use();
    expect(second.pid).toBe(first.pid);
    expect(second.answer).toEqual({ calls: 2, before: 'a secret' });
  });

  it.each([
    ['another tenant', { tenantId: 'bob' }],
    ['another version', { codeVersion: 'v2' }],
    ['another memory size', { memoryMib: 65 }],
    ['a tenant and version that only look alike', { tenantId: 'alic', codeVersion: 'ev1' }],
  ])('never shares one with %s', async (_, change) => {
    const first = await use();
    const other = await use(change);
    expect(other.pid).not.toBe(first.pid);
    expect(other.answer).toEqual({ calls: 1, before: 'unset' });
  });

  it('serves a burst of one lambda from the first sandboxes that are there', async () => {
    const uses = await Promise.all(Array.from({ length: 20 }, () => use()));
    expect(new Set(uses.map(({ pid }) => pid)).size).toBeLessThanOrEqual(3);
  });

  it('starts as many as are held at the same time', async () => {
    const held = await Promise.all([take(), take(), take(), take()]);
    expect(new Set(held.map(({ pid }) => pid)).size).toBe(4);
  });

  it('makes room by ending the longest idle one', async () => {
    open({ sandboxes: 2 });
    const alice = await use();
    const bob = await use({ tenantId: 'bob' });
    await use({ tenantId: 'carol' });
    expect([isAlive(alice.pid), isAlive(bob.pid)]).toEqual([false, true]);
    expect(pool.size).toBe(2);
  });

  it('keeps the memory of all together within its limit', async () => {
    open({ memoryMib: 200 });
    expect(pool.canHold(200)).toBe(true);
    expect(pool.canHold(201)).toBe(false);
    const held = await take({ memoryMib: 150 });
    const waiting = take({ tenantId: 'bob', memoryMib: 100 });
    expect(pool.size).toBe(1);
    pool.release(held);
    await waiting;
    // 150 and 100 do not go together: the idle one had to leave first.
    expect(isAlive(held.pid)).toBe(false);
    expect(pool.size).toBe(1);
  });

  it('does not let a busy tenant keep another one out for ever', async () => {
    open({ sandboxes: 1 });
    const held = await take();
    const order: string[] = [];
    const bob = take({ tenantId: 'bob' }).then((it) => {
      order.push('bob');
      pool.release(it);
    });
    const again = take().then((it) => {
      order.push('alice');
      pool.release(it);
    });
    pool.release(held);
    await Promise.all([bob, again]);
    expect(order).toEqual(['bob', 'alice']);
  });

  it('takes no sandbox back that has ended', async () => {
    const sandbox = await take();
    sandbox.kill();
    pool.release(sandbox);
    expect((await use()).pid).not.toBe(sandbox.pid);
  });

  it('says why a module does not load, to all that wait for it', async () => {
    const bad = { code: Buffer.from(`throw new Error('no config')`) };
    const all = await Promise.all([pool.acquire(specOf(bad)), pool.acquire(specOf(bad))]);
    expect(all.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    await expect.poll(() => pool.size).toBe(0);
  });

  it('is not held up by modules that never finish loading', async () => {
    open({ loadLimitMs: 5_000 });
    const stuck = { tenantId: 'mallory', code: Buffer.from('for (;;);') };
    const stucks = [pool.acquire(specOf(stuck)), pool.acquire(specOf(stuck))];
    const answers = await Promise.race([use(), Promise.all(stucks)]);
    expect(answers).toMatchObject({ answer: { calls: 1 } });
    expect((await Promise.all(stucks)).map(({ kind }) => kind)).toEqual(['timed-out', 'timed-out']);
  });

  it('blames the machine, not the lambda, when a sandbox does not start', async () => {
    open({
      plan: (memoryMib) => ({
        ...planLaunch(place, memoryMib),
        args: ['-c', 'echo no namespaces >&2; exit 1'],
      }),
    });
    expect(await pool.acquire(specOf())).toEqual({ kind: 'unavailable', detail: 'no namespaces' });
    await expect.poll(() => pool.size).toBe(0);
  });

  it.each(isolationKinds)(
    'gives a lambda CPU between its tasks or not: %s isolation',
    async (kind) => {
      const plan = (memoryMib: number) => planLaunch(placeFor(kind), memoryMib);
      open({ plan });
      const burns = `export default () => { setImmediate(() => { for (;;); }); return 1 }`;
      const { pid } = await use({ code: Buffer.from(burns) });
      const tree = processTree(pid);
      // Past the moment for which a busy sandbox is left alone.
      await sleep(100);
      const before = cpuTicks(tree);
      await sleep(200);
      // 200 ms are 20 ticks; the process that is not frozen is the control.
      const used = cpuTicks(tree) - before;
      if (kind === 'namespace') expect(used).toBe(0);
      else expect(used).toBeGreaterThan(2);
    },
  );

  it('wakes a sandbox that rests, and can end one', async () => {
    const first = await use();
    expect((await use()).pid).toBe(first.pid);
    await pool.close();
    await expect.poll(() => isAlive(first.pid)).toBe(false);
  });

  it('ends sandboxes that are idle for too long', async () => {
    open({ idleMs: 60 });
    const { pid } = await use();
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect.poll(() => pool.size).toBe(0);
  });

  it('leaves no process when it is closed', async () => {
    const { pid } = await use();
    const held = await take({ tenantId: 'bob' });
    const running = held.run(requestOf());
    await pool.close();
    await running;
    await expect.poll(() => [isAlive(pid), isAlive(held.pid)]).toEqual([false, false]);
    expect(await pool.acquire(specOf())).toEqual({ kind: 'closed' });
  });
});
