/** How a process ended: by itself with a code, or by a signal. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process that serves. */
export type RunningProcess = {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Ends it in order, past `limitMs` by SIGKILL; resolves when it is gone. */
  readonly stop: (limitMs: number) => Promise<void>;
};

/** One process of the stack and how it is started. */
export type Part = {
  readonly service: string;
  readonly replica: string;
  /** Resolves when the process serves; rejects when it ends first or the signal aborts. */
  readonly launch: (signal: AbortSignal) => Promise<RunningProcess>;
};

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `code ${code}` : signal;
}
