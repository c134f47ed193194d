/** npm run bench:sandbox: a cold start with and without a spare, and a warm call, and nothing else. */
import { availableParallelism } from 'node:os';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readArguments, wholeNumberOf } from '@greencloud/runtime';
import type { SandboxSpec } from '../../pool/pool-options.ts';
import { SandboxPool } from '../../pool/sandbox-pool.ts';
import type { LambdaRequest } from '../../sandbox/execution.ts';
import { findBwrap } from '../../sandbox/find-bwrap.ts';
import { planLaunch } from '../../sandbox/launch-plan.ts';
import { preparePlace } from '../../sandbox/prepare-place.ts';
import { Times } from './times.ts';

const usage = 'npm run bench:sandbox [-- --starts <n> (50) --calls <n> (5000) --json]';
const { starts, calls, json } = readArguments(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      starts: { type: 'string', default: '50' },
      calls: { type: 'string', default: '5000' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    starts: wholeNumberOf('starts', values.starts, 1),
    calls: wholeNumberOf('calls', values.calls, 1),
    json: values.json,
  };
});

const MEMORY_MIB = 128;
// One that is not used again leaves before the next start, whose CPU it would share.
const SHORT_IDLE_MS = 50;
const request: LambdaRequest = {
  taskId: '64058fee9956fae80d7e0e8e',
  attempt: 1,
  timeoutMs: 10_000,
  contentType: 'application/json',
  body: Buffer.from('{"n":1}'),
  onProgress: () => undefined,
};

const { place, refused } = await preparePlace(findBwrap(undefined, env['PATH'] ?? ''));
const times = { cold: new Times(), 'cold with a spare': new Times(), warm: new Times() };
// In turns, so that a neighbour of this machine disturbs both alike.
const without = openPool(0, SHORT_IDLE_MS);
const withSpare = openPool(1, SHORT_IDLE_MS);
for (let start = 0; start < starts; start += 1) {
  await untilOnlySpares(withSpare, 1);
  await times.cold.take(() => call(without, `v${start}`));
  await untilOnlySpares(without, 0);
  await times['cold with a spare'].take(() => call(withSpare, `v${start}`));
}
await Promise.all([without.close(), withSpare.close()]);

const warm = openPool(0, 60_000);
for (let made = 0; made < calls / 10; made += 1) await call(warm, 'v1');
for (let made = 0; made < calls; made += 1) {
  await times.warm.take(() => call(warm, 'v1'));
}
await warm.close();

const isolation = place.isolation.kind;
const figures = Object.fromEntries(
  Object.entries(times).map(([name, taken]) => [name, taken.figures()]),
);
if (json) console.log(JSON.stringify({ kind: 'sandbox', isolation, ...figures }));
console.log(`${isolation} isolation${refused.map((reason) => `, ${reason}`).join('')}`);
for (const [name, { count, p50Ms, p99Ms }] of Object.entries(figures)) {
  console.log(`${name}: p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms (${count} times)`);
}
const gain = times.cold.figures().p50Ms / times['cold with a spare'].figures().p50Ms;
console.log(`a cold start without a spare takes ${gain.toFixed(1)} times as long (p50, same run)`);

function openPool(spares: number, idleMs: number): SandboxPool {
  return new SandboxPool({
    plan: (memoryMib) => planLaunch(place, memoryMib),
    sandboxes: 8,
    memoryMib: 4_096,
    idleMs,
    loadLimitMs: 10_000,
    startsAtOnce: availableParallelism(),
    spares: { count: spares, memoryMib: MEMORY_MIB, backoffMs: 500 },
  });
}

/** From asking for a sandbox to the answer of a lambda that does nothing. */
async function call(pool: SandboxPool, codeVersion: string): Promise<void> {
  const code = Buffer.from('export default () => ({ ok: 1 });\n');
  const spec: SandboxSpec = { tenantId: 'bench', codeVersion, memoryMib: MEMORY_MIB, code };
  const acquired = await pool.acquire(spec);
  if (acquired.kind !== 'ready') throw new Error(`no sandbox: ${acquired.kind}`);
  const outcome = await acquired.sandbox.run(request);
  pool.release(acquired.sandbox);
  if (outcome.kind !== 'answered') throw new Error(`the lambda ${outcome.kind}`);
}

/** What was used has ended, and the spares have come up. */
async function untilOnlySpares(pool: SandboxPool, spares: number): Promise<void> {
  while (pool.spares < spares || pool.size > spares) await sleep(1);
}
