import type { CodeVersion } from '@greencloud/domain';
import type { Acquired, SandboxSpec } from '../pool/pool-options.ts';
import type { SandboxPool } from '../pool/sandbox-pool.ts';
import type { Outcome } from '../sandbox/outcome.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { drained, type Ending, endingOf, failed, refused, timedOut } from './ending.ts';
import type { Content } from './messages.ts';
import type { RunningAttempt } from './running-attempt.ts';

export interface Execution {
  readonly pool: SandboxPool;
  readonly codeOf: (version: CodeVersion) => Promise<Code>;
  /** For lambdas that name no size. */
  readonly defaultMemoryMib: number;
  /** 0 comes first, when the lambda starts to run. */
  readonly onProgress: (attempt: RunningAttempt, percent: number) => void;
  readonly onOutput: (attempt: RunningAttempt, output: string) => void;
}

/** A version's code, or why there is none: `gone` for good, `unavailable` for now. */
export type Code =
  | { readonly kind: 'code'; readonly code: Uint8Array }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unavailable' };

const NO_PAYLOAD: Content = { contentType: '', body: Buffer.alloc(0) };
// A crash in a used sandbox costs that sandbox, so this many find a fresh one in all but malice.
const MAX_EXECUTIONS = 3;

/** From the assignment to its end; undefined when it was stopped on the way. Never rejects. */
export async function executeAttempt(
  attempt: RunningAttempt,
  execution: Execution,
): Promise<Ending | undefined> {
  const { tenantId, codeVersion, memSize } = attempt.assignment;
  const memoryMib = memSize === 0 ? execution.defaultMemoryMib : memSize;
  if (!execution.pool.canHold(memoryMib)) return refused;
  const found = await execution.codeOf(codeVersion);
  if (found.kind === 'gone') return failed('the code of this lambda is gone');
  if (found.kind === 'unavailable') return refused;
  if (attempt.state === 'stopped') return undefined;
  const spec = { tenantId, codeVersion, memoryMib, code: found.code };
  for (let executions = 1; ; executions += 1) {
    const end = await executeOnce(attempt, spec, execution);
    if (end.kind === 'ended') return end.ending;
    if (executions === MAX_EXECUTIONS) return failed(end.detail);
  }
}

type Step =
  | { readonly kind: 'ended'; readonly ending: Ending | undefined }
  /** It crashed where another task has been before. */
  | { readonly kind: 'suspicious'; readonly detail: string };

async function executeOnce(
  attempt: RunningAttempt,
  spec: SandboxSpec,
  execution: Execution,
): Promise<Step> {
  const { pool } = execution;
  const acquired = await pool.acquire(spec);
  if (acquired.kind !== 'ready') return { kind: 'ended', ending: endingWithoutSandbox(acquired) };
  const { sandbox } = acquired;
  if (attempt.state === 'stopped') {
    pool.release(sandbox);
    return { kind: 'ended', ending: undefined };
  }
  const outcome = await runIn(sandbox, attempt, execution);
  attempt.leave();
  if (sandbox.output !== '') execution.onOutput(attempt, sandbox.output);
  const used = sandbox.executions > 1;
  pool.release(sandbox);
  // A lambda reaches nothing outside of its sandbox, so running it again repeats no effect; and
  // what killed it may be a timer that an earlier task has left behind.
  if (outcome.kind === 'crashed' && used) return { kind: 'suspicious', detail: outcome.detail };
  return { kind: 'ended', ending: endingOf(outcome) };
}

async function runIn(
  sandbox: Sandbox,
  attempt: RunningAttempt,
  { onProgress }: Execution,
): Promise<Outcome> {
  if (attempt.begin(sandbox) === 'first') onProgress(attempt, 0);
  const timeoutMs = attempt.remainingMs;
  if (timeoutMs <= 0) return { kind: 'timed-out' };
  const { taskId, attempt: number, payload = NO_PAYLOAD } = attempt.assignment;
  return sandbox.run({
    taskId,
    attempt: number,
    timeoutMs,
    contentType: payload.contentType,
    body: payload.body,
    onProgress: (percent) => onProgress(attempt, percent),
  });
}

function endingWithoutSandbox(acquired: Exclude<Acquired, { kind: 'ready' }>): Ending {
  switch (acquired.kind) {
    case 'failed':
      return failed(acquired.detail);
    case 'timed-out':
      return timedOut;
    case 'unavailable':
      return refused;
    case 'closed':
      return drained;
    default:
      return acquired satisfies never;
  }
}
