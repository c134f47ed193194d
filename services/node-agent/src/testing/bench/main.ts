/** npm run bench:sandbox: a cold start and a warm call, without anything around them. */
import { availableParallelism } from 'node:os';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SandboxPool, type SandboxSpec } from '../../pool/sandbox-pool.ts';
import type { LambdaRequest } from '../../sandbox/execution.ts';
import { findBwrap } from '../../sandbox/find-bwrap.ts';
import { planLaunch } from '../../sandbox/launch-plan.ts';
import { preparePlace } from '../../sandbox/prepare-place.ts';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '50' },
    calls: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
});

const request: LambdaRequest = {
  taskId: '64058fee9956fae80d7e0e8e',
  attempt: 1,
  timeoutMs: 10_000,
  contentType: 'application/json',
  body: Buffer.from('{"n":1}'),
  onProgress: () => undefined,
};

const { place, refused } = await preparePlace(findBwrap(undefined, env['PATH'] ?? ''));
const pool = new SandboxPool({
  plan: (memoryMib) => planLaunch(place, memoryMib),
  sandboxes: 8,
  memoryMib: 4_096,
  idleMs: 60_000,
  loadLimitMs: 10_000,
  startsAtOnce: availableParallelism(),
});
const cold = await measure(Number(values.starts), call, empty);
await measure(Number(values.calls) / 10, call, nothing);
const warm = await measure(Number(values.calls), call, nothing);
await pool.close();

const isolation = place.isolation.kind;
if (values.json) console.log(JSON.stringify({ kind: 'sandbox', isolation, cold, warm }));
console.log(`${isolation} isolation${refused.map((reason) => `, ${reason}`).join('')}`);
for (const [name, { count, p50Ms, p99Ms }] of Object.entries({ cold, warm })) {
  console.log(`${name}: p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms (${count} times)`);
}

/** From asking for a sandbox to the answer of a lambda that does nothing. */
async function call(): Promise<void> {
  const code = Buffer.from('export default () => ({ ok: 1 });\n');
  const spec: SandboxSpec = { tenantId: 'bench', codeVersion: 'v1', memoryMib: 128, code };
  const acquired = await pool.acquire(spec);
  if (acquired.kind !== 'ready') throw new Error(`no sandbox: ${acquired.kind}`);
  const outcome = await acquired.sandbox.run(request);
  pool.release(acquired.sandbox);
  if (outcome.kind !== 'answered') throw new Error(`the lambda ${outcome.kind}`);
}

/** So that the next call starts a sandbox, and waits for no other one's end. */
async function empty(): Promise<void> {
  pool.cool();
  while (pool.size > 0) await sleep(1);
}

async function nothing(): Promise<void> {}

/** One after the other; the time of `before` does not count. */
async function measure(count: number, act: () => Promise<void>, before: () => Promise<void>) {
  const took: number[] = [];
  for (let number = 0; number < count; number++) {
    await before();
    const start = performance.now();
    await act();
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  const at = (q: number) => took[Math.min(took.length - 1, Math.floor(q * took.length))] ?? 0;
  return { count, p50Ms: at(0.5), p99Ms: at(0.99) };
}
