import { sleep } from '@greencloud/runtime';
import type { Report } from './report.ts';

/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The tree must be gone within 10 s; the groups' own limits add up to 9.2. */
const LIMIT_MS = 9_400;
const KILL_LIMIT_MS = 400;

/** Why the stack ends, and with which exit code. */
export type End = { readonly why: string; readonly code: number };

/**
 * Waits for a signal, or for the end of the parent that started us with an IPC channel (a test).
 * A second signal cuts the ending short.
 */
export function endOfStack(): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve({ why: signal, code: 0 }));
    if (process.send !== undefined) {
      process.once('disconnect', () => resolve({ why: 'parent gone', code: 0 }));
    }
  });
}

/** How the stack is ended. */
type Ending = { readonly stop: () => Promise<void>; readonly kill: () => Promise<void> };

/** Ends everything in order, and by force at a second signal or past the limit; then exits. */
export async function endAll(end: End, stack: Ending, report: Report): Promise<never> {
  report.line('stack', `ending: ${end.why}`);
  const how = await Promise.race([stack.stop().then(() => 'in order' as const), hurry()]);
  if (how === 'hurry') await Promise.race([stack.kill(), sleep(KILL_LIMIT_MS)]);
  report.line('stack', how === 'hurry' ? 'killed' : 'ended');
  process.exit(how === 'hurry' ? 1 : end.code);
}

/**
 * One Ctrl-C comes twice under npm: from the terminal, and passed on by npm. What follows the first
 * within half a second is therefore the same one.
 */
const SAME_PRESS_MS = 500;

function hurry(): Promise<'hurry'> {
  const first = performance.now();
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (performance.now() - first > SAME_PRESS_MS) resolve('hurry');
      });
    }
    setTimeout(() => resolve('hurry'), LIMIT_MS).unref();
  });
}
