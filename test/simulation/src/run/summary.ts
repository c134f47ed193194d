import type { TaskOutcome } from '@greencloud/domain';
import { invariants } from '../invariants/violations.ts';
import type { SeedReport } from './seed-report.ts';

const outcomes: readonly TaskOutcome[] = [
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'expired',
  'lost',
];

/** Sums over many runs, and the ones that failed. */
export class Summary {
  readonly failed: SeedReport[] = [];
  readonly #checked = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #outcomes = new Map<TaskOutcome, number>();
  #runs = 0;
  #tasks = 0;
  #events = 0;
  #steps = 0;
  #ms = 0;
  #longestHealingMs = 0;

  add(report: SeedReport): void {
    this.#runs += 1;
    this.#tasks += report.tasks;
    this.#events += report.events;
    this.#steps += report.steps;
    this.#ms += report.ms;
    this.#longestHealingMs = Math.max(this.#longestHealingMs, report.healingMs);
    if (report.violations.length > 0) this.failed.push(report);
    sum(this.#checked, report.checked);
    sum(this.#faults, report.faults);
    sum(this.#outcomes, report.outcomes);
  }

  /** What no run has had anything to show for: an invariant that nothing was held against, an end. */
  get neverSeen(): string[] {
    const unchecked = Object.keys(invariants).filter((name) => !this.#checked.has(name));
    return [...unchecked, ...outcomes.filter((outcome) => !this.#outcomes.has(outcome))];
  }

  lines(): string[] {
    const hours = (this.#ms / 3_600_000).toFixed(1);
    return [
      `${this.#runs} seeds, ${this.#failedCount}: ${this.#tasks} tasks, ${this.#events} events, ` +
        `${this.#steps} steps, ${hours} hours of virtual time`,
      `the longest way from healing to rest: ${(this.#longestHealingMs / 1_000).toFixed(1)} s`,
      `faults: ${this.#listed(this.#faults)}`,
      `ends: ${this.#listed(this.#outcomes)}`,
      'checked:',
      ...Object.keys(invariants).map((name) => {
        return `  ${String(this.#checked.get(name) ?? 0).padStart(9)}  ${name}`;
      }),
    ];
  }

  get #failedCount(): string {
    return this.failed.length === 0 ? 'all well' : `${this.failed.length} FAILED`;
  }

  #listed(counts: ReadonlyMap<string, number>): string {
    const entries = [...counts].toSorted(([, a], [, b]) => b - a);
    return entries.map(([name, count]) => `${name} ${count}`).join(', ');
  }
}

/** How a failed run looks like, and how to see it again. */
export function describeFailure({ seed, violations }: SeedReport): string {
  const [first] = violations;
  const moment = ((first?.at ?? 0) / 1_000).toFixed(6);
  return [
    `seed ${seed}: ${first?.invariant} does not hold at ${moment} s: ${first?.detail}`,
    `  npm run test:simulation -- --seed ${seed} --trace`,
  ].join('\n');
}

function sum<Name>(
  into: Map<Name, number>,
  counts: readonly (readonly [NoInfer<Name>, number])[],
): void {
  for (const [name, count] of counts) into.set(name, (into.get(name) ?? 0) + count);
}
