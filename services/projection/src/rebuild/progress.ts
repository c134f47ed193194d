/** Prints how far a rebuild or a comparison is, once a second. */
export interface Progress {
  expect(events: bigint): void;
  built(events: number): void;
  /** Prints the total. */
  stop(): void;
}

const everyMs = 1_000;

export function createProgress(print: (line: string) => void, deed: 'built' | 'read'): Progress {
  const startedAt = performance.now();
  let expected = 0;
  let built = 0;
  const say = () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    print(`${deed} ${built} of ${expected} events, ${Math.round(built / seconds)} events/s`);
  };
  const timer = setInterval(say, everyMs);
  return {
    expect: (events) => void (expected += Number(events)),
    built: (events) => void (built += events),
    stop() {
      clearInterval(timer);
      say();
    },
  };
}
