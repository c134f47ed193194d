import { parseTaskId, parseTenantId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { leaseTables } from '../product/projection.ts';
import {
  applyBatch,
  ensureLeases,
  readCheckpoint,
  readRows,
  renewLeases,
  takeLeases,
  withViews,
} from '../product/sql-acts.ts';
import { openDirectDatabase } from './direct-fixture.ts';
import { newTables } from './tables.ts';

const me = { id: 'me', name: 'me' };

describe('the stand-in for the views', () => {
  it('keeps rows, counters and checkpoint as Postgres does, and refuses a stale writer', async () => {
    const choices = fc.array(fc.array(fc.nat(1_000), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    });
    await using views = await withViews();
    await fc.assert(
      fc.asyncProperty(choices, fc.array(fc.integer({ min: 1, max: 5 })), async (given, sizes) => {
        await empty(views.db);
        const tables = newTables(1, () => Date.now());
        const simulated = openDirectDatabase<never>(tables);
        tables.views.checkpoints.set(0, 0n);
        const writers = [await writerOf(views.db), await writerOf(simulated)];
        const events = logOf(given);
        for (const batch of cut(events, sizes)) {
          for (const { db, writer } of writers) {
            await applyBatch({ db, schema: 'projection', writer }, batch);
            const stale = { ...writer, epoch: writer.epoch - 1n };
            const again = applyBatch({ db, schema: 'projection', writer: stale }, batch);
            await expect(again).rejects.toThrow('another writer');
          }
        }
        const taskIds = [...new Set(events.map(({ taskId }) => taskId))];
        expect(await readRows(simulated, 'projection', taskIds)).toEqual(
          await readRows(views.db, 'projection', taskIds),
        );
        expect(await readCheckpoint(simulated, 'projection', 0)).toBe(BigInt(events.length));
        expect(countersOf(tables)).toEqual(await countersIn(views.db));
      }),
      { numRuns: 25 },
    );
  });
});

async function writerOf(db: ReturnType<typeof openDirectDatabase<never>>) {
  await ensureLeases(db, leaseTables, 1);
  const [held] = await renewLeases(db, leaseTables, me);
  const epoch = (held ?? (await takeLeases(db, leaseTables, me, 1))[0])?.epoch ?? 0n;
  return { db, writer: { kind: 'lease', instance: me.id, epoch } as const };
}

async function empty(db: ReturnType<typeof openDirectDatabase<never>>): Promise<void> {
  await sql`
    truncate projection.task_view, projection.tenant_count, projection.tenant_issued`.execute(db);
  await sql`update projection.checkpoint set position = 0`.execute(db);
}

function logOf(stories: readonly (readonly number[])[]): readonly RecordedEvent[] {
  let now = 1_678_087_212_000;
  const log = createMemoryLog({ partitions: 1, now: () => (now += 1_000) });
  const tenants = ['a', 'b'].map(parseTenantId);
  const waiting = stories.map((choices, task) => ({
    taskId: parseTaskId(task.toString(16).padStart(24, '0')),
    events: taskStory(choices, tenants[task % 2]),
  }));
  while (waiting.some(({ events }) => events.length > 0)) {
    for (const { taskId, events } of waiting) {
      const event = events.shift();
      if (event !== undefined) log.append(taskId, event);
    }
  }
  return log.events(0);
}

function cut(events: readonly RecordedEvent[], sizes: readonly number[]): RecordedEvent[][] {
  const batches: RecordedEvent[][] = [];
  let start = 0;
  for (const size of [...sizes, events.length]) {
    const batch = events.slice(start, start + size);
    if (batch.length > 0) batches.push(batch);
    start += size;
  }
  return batches;
}

function countersOf({ views }: ReturnType<typeof newTables>) {
  const counts = [...views.counts].map(([key, row]) => ({ key, ...row }));
  const issued = [...views.issued].map(([key, number]) => ({ key, issued: number }));
  return { counts: counts.toSorted(byKey), issued: issued.toSorted(byKey) };
}

async function countersIn(db: ReturnType<typeof openDirectDatabase<never>>) {
  const counts = await sql<{ key: string; pending: bigint; running: bigint; finished: bigint }>`
    select tenant_id || ' ' || partition as key, pending, running, finished
    from projection.tenant_count`.execute(db);
  const issued = await sql<{ key: string; issued: bigint }>`
    select tenant_id || ' ' || quarter || ' ' || partition as key, issued
    from projection.tenant_issued`.execute(db);
  const numbers = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? Number(value) : value,
      ]),
    );
  return {
    counts: counts.rows.toSorted(byKey).map(numbers),
    issued: issued.rows.toSorted(byKey).map(numbers),
  };
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}
