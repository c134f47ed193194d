import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, logOf, stories, taskNumber } from '../testing/stories.ts';
import { countDeltas } from './count-deltas.ts';
import { foldBatch } from './fold-batch.ts';
import type { TaskRow } from './task-row.ts';

const nobody: ReadonlySet<TaskId> = new Set();

/** What the database does with the batches: rows and counters in memory. */
function applyAll(batches: readonly RecordedEvent[][]) {
  const rows = new Map<TaskId, TaskRow>();
  const counts = new Map<string, number>();
  const add = (key: string, amount: number) => counts.set(key, (counts.get(key) ?? 0) + amount);
  for (const batch of batches) {
    const { changes } = foldBatch(rows, batch, nobody);
    for (const { after } of changes) rows.set(after.taskId, after);
    const deltas = countDeltas(changes);
    for (const { tenantId, pending, running, finished } of deltas.counts) {
      add(`${tenantId} pending`, pending);
      add(`${tenantId} running`, running);
      add(`${tenantId} finished`, finished);
    }
    for (const { tenantId, quarter, issued } of deltas.issued)
      add(`${tenantId} ${quarter}`, issued);
  }
  return { rows, counts };
}

describe('foldBatch', () => {
  it('gives the same rows for any split into batches, with duplicates and redelivery', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }));
    const again = fc.array(fc.nat(60));
    fc.assert(
      fc.property(stories, sizes, again, (choices, splits, repeats) => {
        const events = logOf(choices).events(0);
        const whole = applyAll([[...events]]);
        const batches = cut(events, splits);
        // A batch may come again later, and an event twice within a batch.
        const unruly = batches.flatMap((batch, index) => {
          const earlier = batches[(repeats[index] ?? 0) % (index + 1)] ?? [];
          return [[...earlier, ...batch, ...batch], earlier];
        });
        expect(applyAll(unruly)).toEqual(whole);
      }),
    );
  });

  it('counts every task once, whatever happened to it', () => {
    fc.assert(
      fc.property(stories, (choices) => {
        const { rows, counts } = applyAll(cut(logOf(choices).events(0), [2, 3, 4]));
        for (const [index, row] of [...rows.values()].entries())
          expect(row, `${index}`).toBeTruthy();
        const total = [...counts].filter(([key]) => /[a-z]$/.test(key));
        expect(total.reduce((sum, [, count]) => sum + count, 0)).toBe(choices.length);
      }),
    );
  });

  it('passes over the events of a parked task', () => {
    const events = logOf([[1], [1]]).events(0);
    const { changes } = foldBatch(new Map(), events, new Set([taskNumber(0)]));
    expect(changes.map(({ after }) => after.taskId)).toEqual([taskNumber(1)]);
  });

  it('keeps what came before the poison, leaves out what comes after, and goes on with others', () => {
    const log = logOf([[1]]);
    log.append(taskNumber(0), { type: 'Unreadable', reason: 'newer_schema', detail: '' });
    log.append(taskNumber(0), { type: 'TaskProgressed', attempt: 1, percent: 3 });
    const before = log.events(0).length - 2;
    const { changes, poison } = foldBatch(new Map(), log.events(0), nobody);
    expect(changes[0]?.after.version).toBe(before);
    expect(poison.map(({ reason }) => reason)).toEqual(['unreadable']);
  });
});
