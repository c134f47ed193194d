import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planLaunch } from '../sandbox/launch-plan.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import {
  childrenOf,
  isAlive,
  placeFor,
  processTree,
  requestOf,
  strongest,
} from '../sandbox/sandbox-fixtures.ts';
import type { PoolOptions, SandboxSpec } from './pool-options.ts';
import { SandboxPool } from './sandbox-pool.ts';

const place = placeFor(strongest);
const poll = { timeout: 10_000, interval: 10 };
const remembers = `globalThis.secret ??= 'unset';
  export default async (request) => { const before = globalThis.secret;
    globalThis.secret = await request.text(); return before }`;
const BACKOFF_MS = 20;

describe('a spare sandbox', () => {
  let pool: SandboxPool;
  let launches: number[];

  function open(change: Partial<PoolOptions> = {}): void {
    launches = [];
    pool = new SandboxPool({
      plan: (memoryMib) => {
        launches.push(performance.now());
        return planLaunch(place, memoryMib);
      },
      sandboxes: 4,
      memoryMib: 1_024,
      idleMs: 60_000,
      loadLimitMs: 5_000,
      startsAtOnce: 2,
      spares: { count: 1, memoryMib: 64, backoffMs: BACKOFF_MS },
      ...change,
    });
  }
  beforeEach(() => open());
  afterEach(() => pool.close());

  async function take(change: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    const spec = { tenantId: 'alice', codeVersion: 'v1', memoryMib: 64 };
    const acquired = await pool.acquire({ ...spec, code: Buffer.from(remembers), ...change });
    if (acquired.kind !== 'ready') throw new Error(JSON.stringify(acquired));
    return acquired.sandbox;
  }

  async function use(change: Partial<SandboxSpec> = {}) {
    const sandbox = await take(change);
    const outcome = await sandbox.run(
      requestOf({ contentType: 'text/plain', body: Buffer.from('a secret') }),
    );
    pool.release(sandbox);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    return { pid: sandbox.pid, answer: Buffer.from(outcome.body).toString() };
  }

  /** The process of the only sandbox that is there, once it waits for its first code. */
  async function sparePid(): Promise<number> {
    await expect.poll(() => pool.spares, poll).toBe(1);
    const alive = childrenOf(process.pid).filter(isAlive);
    expect(alive).toHaveLength(1);
    return alive[0] ?? 0;
  }

  it('serves the first task that wants one of its size, and the next one comes up', async () => {
    const spare = await sparePid();
    expect((await use()).pid).toBe(spare);
    await expect.poll(() => pool.spares, poll).toBe(1);
    expect([pool.size, launches.length]).toEqual([2, 2]);
  });

  it.each([
    ['another tenant', { tenantId: 'bob' }],
    ['another version', { codeVersion: 'v2' }],
  ])('once bound never serves %s', async (_, change) => {
    const spare = await sparePid();
    const bound = await use();
    expect(bound.pid).toBe(spare);
    await expect.poll(() => pool.spares, poll).toBe(1);
    const other = await use(change);
    expect(other.pid).not.toBe(bound.pid);
    expect(other.answer).toBe('unset');
    // Control: for its own it is the same one, with what it remembers.
    expect(await use()).toEqual({ pid: bound.pid, answer: 'a secret' });
  });

  it('does not serve a lambda of another memory size', async () => {
    const spare = await sparePid();
    expect((await use({ memoryMib: 65 })).pid).not.toBe(spare);
    expect(isAlive(spare)).toBe(true);
  });

  it('that is killed is followed by another one', async () => {
    const spare = await sparePid();
    kill(spare, 'SIGKILL');
    await expect.poll(() => launches.length, poll).toBe(2);
    expect(await sparePid()).not.toBe(spare);
    expect(pool.memoryMib).toBe(64);
  });

  it('that is killed in the moment in which it is taken is no fault of the lambda', async () => {
    const spare = await sparePid();
    // The group: without its leader, bubblewrap, Node lives on for a millisecond and loads.
    kill(-spare, 'SIGKILL');
    const used = await use();
    expect(used.answer).toBe('unset');
    expect(used.pid).not.toBe(spare);
  });

  it('is not blamed for a module that ends its own process', async () => {
    await sparePid();
    const code = Buffer.from('process.exit(3)');
    const spec = { tenantId: 'alice', codeVersion: 'v1', memoryMib: 64, code };
    expect(await pool.acquire(spec)).toMatchObject({
      kind: 'failed',
      detail: expect.stringContaining('exit code 3'),
    });
  });

  it('that does not start is tried again after twice the time each', async () => {
    await pool.close();
    open({
      plan: (memoryMib) => {
        launches.push(performance.now());
        return { ...planLaunch(place, memoryMib), args: ['-c', 'exit 1'] };
      },
    });
    await expect.poll(() => launches.length, poll).toBeGreaterThanOrEqual(4);
    // A timer may ring up to a millisecond early.
    const gap = (n: number) => (launches[n] ?? 0) - (launches[n - 1] ?? 0) + 1;
    for (const n of [1, 2, 3]) expect(gap(n)).toBeGreaterThanOrEqual(BACKOFF_MS * 2 ** (n - 1));
  });

  it('does not come up while all that may run do run', async () => {
    await pool.close();
    open({ sandboxes: 1 });
    await sparePid();
    const held = await take();
    await sleep(400);
    expect(launches.length).toBe(1);
    pool.release(held);
    await expect.poll(() => pool.spares, poll).toBe(1);
  });

  it('takes the place of the longest idle one when there are as many as may be', async () => {
    await pool.close();
    open({ sandboxes: 1 });
    const alice = await use();
    await expect.poll(() => pool.spares, poll).toBe(1);
    const bob = await use({ tenantId: 'bob' });
    await expect.poll(() => isAlive(alice.pid), poll).toBe(false);
    expect(isAlive(bob.pid)).toBe(true);
  });

  it('counts in the memory of all, and makes room for what needs it', async () => {
    await pool.close();
    open({ memoryMib: 128, spares: { count: 2, memoryMib: 64, backoffMs: BACKOFF_MS } });
    await expect.poll(() => pool.spares, poll).toBe(2);
    const held = await Promise.all([take(), take({ tenantId: 'bob' })]);
    await sleep(300);
    // Two are bound and fill it: no third process was ever begun.
    expect([pool.memoryMib, pool.spares, launches.length]).toEqual([128, 0, 2]);
    for (const sandbox of held) sandbox.kill();
    for (const sandbox of held) pool.release(sandbox);
    await expect.poll(() => pool.spares, poll).toBe(2);
    const large = await take({ tenantId: 'carol', memoryMib: 128 });
    expect([pool.memoryMib, pool.spares, pool.size]).toEqual([128, 0, 1]);
    pool.release(large);
  });

  it('is let go by a drain, and comes back with the next task', async () => {
    const spare = await sparePid();
    pool.cool();
    await expect.poll(() => isAlive(spare), poll).toBe(false);
    await sleep(300);
    expect(pool.size).toBe(0);
    await use();
    await expect.poll(() => pool.spares, poll).toBe(1);
  });

  it('ends with the pool', async () => {
    const tree = processTree(await sparePid());
    await pool.close();
    await expect.poll(() => tree.filter(isAlive), poll).toEqual([]);
    expect(pool.size).toBe(0);
  });
});
