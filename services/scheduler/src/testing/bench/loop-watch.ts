import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

export interface Steps {
  readonly turns: number;
  readonly wallP99Ms: number;
  readonly wallMaxMs: number;
  /** CPU of this thread: on a machine with neighbours the wall clock counts their turns, too. */
  readonly cpuMs: number;
  readonly cpuP99Ms: number;
  readonly cpuMaxMs: number;
  /** Of the turns in which no garbage was collected: what the code itself takes at a stretch. */
  readonly ownMaxMs: number;
}

interface Turn {
  readonly start: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

// The watch itself keeps the loop turning: turns in which nothing happened are no steps.
const leastMs = 0.1;

/** How long each turn of the event loop takes: whatever is due waits for one turn at most. */
export class LoopWatch {
  readonly #collections = new PerformanceObserver((list) => this.#note(list.getEntries()));
  #turns: Turn[] = [];
  #collectedAt: number[] = [];
  #state: 'on' | 'off' = 'on';

  constructor() {
    this.#collections.observe({ entryTypes: ['gc'] });
    this.#turn(performance.now(), threadCpuMs());
  }

  /** The turns since the last look. */
  take(): Steps {
    this.#note(this.#collections.takeRecords());
    const turns = this.#turns.splice(0);
    const own = withoutCollections(turns, this.#collectedAt.splice(0).toSorted(ascending));
    const wall = turns.map(({ wallMs }) => wallMs).toSorted(ascending);
    const cpu = turns.map(({ cpuMs }) => cpuMs).toSorted(ascending);
    return {
      turns: turns.length,
      wallP99Ms: at(wall, 0.99),
      wallMaxMs: at(wall, 1),
      cpuMs: cpu.reduce((sum, ms) => sum + ms, 0),
      cpuP99Ms: at(cpu, 0.99),
      cpuMaxMs: at(cpu, 1),
      ownMaxMs: at(own.map(({ cpuMs }) => cpuMs).toSorted(ascending), 1),
    };
  }

  stop(): void {
    this.#state = 'off';
    this.#collections.disconnect();
  }

  #note(entries: readonly { readonly startTime: number }[]): void {
    for (const { startTime } of entries) this.#collectedAt.push(startTime);
  }

  #turn(start: number, cpuBefore: number): void {
    setImmediate(() => {
      const now = performance.now();
      const cpu = threadCpuMs();
      const [wallMs, cpuMs] = [now - start, cpu - cpuBefore];
      if (cpuMs >= leastMs) this.#turns.push({ start, wallMs, cpuMs });
      if (this.#state === 'on') this.#turn(now, cpu);
    });
  }
}

/** Both in the order of time. */
function withoutCollections(turns: readonly Turn[], collectedAt: readonly number[]): Turn[] {
  let next = 0;
  return turns.filter(({ start, wallMs }) => {
    const first = next;
    while ((collectedAt[next] ?? Infinity) < start + wallMs) next += 1;
    return next === first;
  });
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function at(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
