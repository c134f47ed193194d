/** What the tests here build on: real sandboxes, and a look at the processes behind them. */
import { readFileSync } from 'node:fs';
import { env, getuid } from 'node:process';
import { findBwrap } from './find-bwrap.ts';
import type { LambdaRequest } from './execution.ts';
import type { LaunchPlace } from './launch-place.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import { placeOf, preparePlace } from './prepare-place.ts';
import { Sandbox } from './sandbox.ts';

export type IsolationKind = LaunchPlace['isolation']['kind'];

const { place: strongestPlace, refused } = await preparePlace(
  findBwrap(undefined, env['PATH'] ?? ''),
);

/** What this machine can do. Without bubblewrap its tests are left out, and the reason is shown. */
export const strongest: IsolationKind = strongestPlace.isolation.kind;
export const isolationKinds: IsolationKind[] =
  strongest === 'namespace' ? ['namespace', 'process'] : ['process'];
if (strongest === 'process') console.warn(`no test of bubblewrap: ${refused.join('; ')}`);

export function placeFor(kind: IsolationKind): LaunchPlace {
  if (kind === strongest) return strongestPlace;
  return placeOf({ kind: 'process' }, getuid?.() === 0 ? 'nobody' : 'own');
}

export interface OpenOptions {
  readonly memoryMib?: number;
  readonly loadLimitMs?: number;
  readonly abortGraceMs?: number;
  /** Takes guards off, to show what each is good for. */
  readonly alter?: (plan: LaunchPlan) => LaunchPlan;
}

/** A started sandbox with this code; killed at the end of its scope. */
export async function openSandbox(place: LaunchPlace, code: string, options: OpenOptions = {}) {
  const plan = planLaunch(place, options.memoryMib ?? 64);
  const sandbox = new Sandbox(options.alter?.(plan) ?? plan, options.abortGraceMs);
  const started = await sandbox.started;
  if (started.kind !== 'started') throw new Error(started.detail);
  const loaded = await sandbox.load(Buffer.from(code), options.loadLimitMs ?? 10_000);
  return {
    sandbox,
    loaded,
    run: (request: Partial<LambdaRequest> = {}) => sandbox.run(requestOf(request)),
    [Symbol.asyncDispose]: async () => {
      sandbox.kill();
      await sandbox.ended;
    },
  };
}

export function requestOf(request: Partial<LambdaRequest> = {}): LambdaRequest {
  return {
    taskId: '64058fee9956fae80d7e0e8e',
    attempt: 1,
    timeoutMs: 10_000,
    contentType: '',
    body: Buffer.alloc(0),
    onProgress: () => undefined,
    ...request,
  };
}

/** Runs the code once and gives its answer as JSON; a failure as its detail. */
export async function answerOf(
  place: LaunchPlace,
  code: string,
  options: OpenOptions = {},
): Promise<unknown> {
  await using open = await openSandbox(place, code, options);
  if (open.loaded.kind !== 'ready') return open.loaded;
  const outcome = await open.run();
  if (outcome.kind === 'failed') return outcome.detail;
  if (outcome.kind !== 'answered') return outcome;
  const text = Buffer.from(outcome.body).toString();
  return outcome.contentType === 'application/json' ? JSON.parse(text) : text;
}

/** A control: the same launch without Node's permission model. */
export function withoutPermissionModel(plan: LaunchPlan): LaunchPlan {
  const guards = (arg: string) => arg === '--permission' || arg.startsWith('--allow-fs-read');
  return { ...plan, args: plan.args.filter((arg) => !guards(arg)) };
}

/** A process and all below it. */
export function processTree(pid: number): number[] {
  const children = childrenOf(pid);
  return [pid, ...children.flatMap((child) => processTree(child))];
}

export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A zombie that waits for its parent is not alive. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** CPU time of all of them so far, in ticks of 10 ms. */
export function cpuTicks(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    // Fields 14 and 15, counted after the command's closing bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}
