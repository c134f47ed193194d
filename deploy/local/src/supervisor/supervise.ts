import { sleep } from '@greencloud/runtime';
import type { Report } from '../report.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import { describeExit, type Part, type RunningProcess } from './part.ts';

/** A part that is started again whenever it ends, until it is stopped. */
export type Supervised = {
  readonly service: string;
  readonly replica: string;
  /** Resolves when it serves for the first time; a first start that fails rejects, and ends it. */
  readonly started: Promise<void>;
  /** Of the process that serves now; `undefined` between two. */
  readonly pid: () => number | undefined;
  /** Ends it for good within `limitMs`, in whatever state it is. */
  readonly stop: (limitMs: number) => Promise<void>;
};

export type SuperviseOptions = {
  readonly report: Report;
  /** Called whenever the pid has changed. */
  readonly onChange: () => void;
  readonly backoff?: Backoff;
};

const LATE_STOP_MS = 1_000;

export function supervise(part: Part, options: SuperviseOptions): Supervised {
  const { report, onChange, backoff = createBackoff() } = options;
  const stopping = new AbortController();
  let running: RunningProcess | undefined;

  const launch = async () => {
    const next = await part.launch(stopping.signal);
    running = next;
    onChange();
    // It came up while the stack was told to stop: nobody knew of it then.
    if (stopping.signal.aborted) await next.stop(LATE_STOP_MS);
  };
  const keepRunning = async () => {
    for (;;) {
      const livedMs = await endOf(running, part, report, stopping.signal);
      running = undefined;
      onChange();
      const wait = await sleep(backoff.delayAfter(livedMs), stopping.signal);
      if (wait === 'aborted') return;
      await launch().catch(notStarted);
    }
  };
  const notStarted = (error: unknown) => {
    if (!stopping.signal.aborted) report.line(part.service, `did not start: ${textOf(error)}`);
  };

  const started = launch();
  const done = started.then(keepRunning, () => undefined);
  return {
    service: part.service,
    replica: part.replica,
    started,
    pid: () => running?.pid,
    stop: async (limitMs) => {
      stopping.abort(new Error('the stack stops'));
      await running?.stop(limitMs);
      await done;
    },
  };
}

/** Waits for the end and says so; a start that failed counts as a life of 0 ms. */
async function endOf(
  running: RunningProcess | undefined,
  part: Part,
  report: Report,
  stopping: AbortSignal,
): Promise<number> {
  if (running === undefined) return 0;
  const since = performance.now();
  const exit = await running.exited;
  if (!stopping.aborted) {
    report.line(part.service, `${part.replica} ended (${describeExit(exit)}), starting it again`);
  }
  return performance.now() - since;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
