import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type Finding, unless } from './check/finding.ts';
import { type Settling, settling } from './history/settled.ts';

// Well above what a task may still need then: a lost node, four more, and a deadline of a minute.
const LIMIT_MS = 180_000;

// Two seconds: a process that went on a moment ago may still hold a create that nobody waits for.
const QUIET_LOOKS = 10;

export type Healing = { readonly healedMs: number; readonly finding: Finding };

/** Waits until everything in the log has ended and the views have seen it, or the bound is reached. */
export async function heal(pool: Pool): Promise<Healing> {
  const since = performance.now();
  const first = await settling(pool);
  let now = first;
  let quietLooks = 0;
  while (quietLooks < QUIET_LOOKS && performance.now() - since < LIMIT_MS) {
    await sleep(200);
    now = await settling(pool);
    quietLooks = isSettled(now) ? quietLooks + 1 : 0;
  }
  const left = now;
  return {
    healedMs: performance.now() - since,
    finding: {
      invariant: `what is open when harm ends (and ${first.lag} events unseen) ends within ${LIMIT_MS / 1_000} s`,
      // Harm leaves something open nearly always; where not, the bound held for nothing.
      checked: Math.max(first.openTasks, 1),
      violations: unless(
        isSettled(left),
        () => `${left.openTasks} tasks are open and ${left.lag} events unseen`,
      ),
    },
  };
}

function isSettled({ openTasks, lag }: Settling): boolean {
  return openTasks === 0 && lag === 0;
}
