import type { Say } from './systems/system.ts';

export type Program = {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  readonly say: Say;
};

/**
 * Runs a program to its end: errors go to stderr as one line each and set the exit code. At a first
 * signal what runs is ended in order; at a second one this process ends at once, and everything it
 * started ends by its leash.
 */
export async function runProgram(
  main: (program: Program) => Promise<'done' | 'failed'>,
): Promise<void> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(130);
      say(`${name}: ending what runs`);
      abort.abort(new Error('interrupted'));
    });
  }
  try {
    const outcome = await main({ signal: abort.signal, say });
    process.exitCode = outcome === 'done' ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = abort.signal.aborted ? 130 : 1;
  }
}

/** Progress goes to stderr: stdout is for results. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
