import type { World } from '../world.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** Time that passes only when a test says so. */
export interface ManualWorld extends World {
  /** Runs everything that falls due within `ms`, in order, and what follows from it. */
  pass(ms: number): Promise<void>;
}

export function createManualWorld(start = 1_000_000, random = () => 0.5): ManualWorld {
  const timers = new Set<Timer>();
  let now = start;
  let order = 0;
  const after = (ms: number, act: () => void) => {
    const timer = { at: now + ms, order: order++, act };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const nextUntil = (until: number) => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || isBefore(timer, next))) next = timer;
    }
    return next;
  };
  return {
    now: () => now,
    uptime: () => now - start,
    after,
    soon: (act) => void after(0, act),
    random,
    async pass(ms) {
      const until = now + ms;
      await promises();
      for (let next = nextUntil(until); next !== undefined; next = nextUntil(until)) {
        timers.delete(next);
        now = next.at;
        next.act();
        await promises();
      }
      now = until;
    },
  };
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Lets all promises that can go on go on. */
function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
