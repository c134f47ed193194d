/** Prints how far a reader of the log is, once a second. */
export interface Progress {
  readonly read: (events: number) => void;
  /** Prints the total. */
  stop(): void;
}

const everyMs = 1_000;

export function createProgress(print: (line: string) => void, expected: bigint): Progress {
  const startedAt = performance.now();
  let read = 0;
  const say = () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    print(`read ${read} of ${expected} events, ${Math.round(read / seconds)} events/s`);
  };
  const timer = setInterval(say, everyMs);
  return {
    read: (events) => void (read += events),
    stop() {
      clearInterval(timer);
      say();
    },
  };
}
