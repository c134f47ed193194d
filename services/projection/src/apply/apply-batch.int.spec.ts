import { sql } from 'kysely';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLeases } from '@greencloud/postgres';
import { leaseTables, liveSchema } from '../postgres/database.ts';
import { cut, logOf, stories, taskNumber, tenants } from '../testing/stories.ts';
import { allRows, contentsOf, type TestViews, withViews } from '../testing/test-views.ts';
import { foldBatch } from '../view/fold-batch.ts';
import { foldTask } from '../view/fold-task.ts';
import { applyBatch, type BatchTarget } from './apply-batch.ts';
import { writeBatches } from './write-batches.ts';
import { readRows } from './read-rows.ts';
import { readCheckpoint, StaleWriterError } from './checkpoint.ts';
import { readParked } from './park-tasks.ts';

const self = { id: 'me', name: 'me' };

describe('applyBatch', () => {
  let views: TestViews;
  let target: BatchTarget;

  beforeEach(async () => {
    views = await withViews();
    const [lease] = await takeLeases(views.db, leaseTables, self, 1);
    const epoch = lease?.epoch ?? 0n;
    target = {
      db: views.db,
      schema: liveSchema,
      writer: { kind: 'lease', instance: self.id, epoch },
    };
  });

  afterEach(() => views.close());

  it('gives the rows of the fold, with the checkpoint at the last event', async () => {
    const log = logOf([[0, 4, 2], [1, 1, 0, 5], []]);
    const events = log.events(0);
    for (const batch of cut(events, [2, 3, 1])) await applyBatch(target, batch);
    const rows = await allRows(views.db);
    for (const [taskId, stream] of await log.readTasks([0, 1, 2].map(taskNumber))) {
      expect(rows.get(taskId)).toEqual(foldTask(undefined, stream));
    }
    expect(await readCheckpoint(views.db, liveSchema, 0)).toBe(BigInt(events.length));
  });

  it('gives the same contents for any split into batches', async () => {
    const rebuildTarget: BatchTarget = { ...target, writer: { kind: 'rebuild' } };
    const clear = () =>
      sql`truncate projection.task_view, projection.tenant_count, projection.tenant_issued;
          update projection.checkpoint set position = 0`.execute(views.db);
    await fc.assert(
      fc.asyncProperty(
        stories,
        fc.array(fc.integer({ min: 1, max: 9 })),
        async (choices, sizes) => {
          const events = logOf(choices).events(0);
          await applyBatch(rebuildTarget, events);
          const whole = await contentsOf(views.db);
          await clear();
          for (const batch of cut(events, sizes)) await applyBatch(rebuildTarget, batch);
          expect(await contentsOf(views.db)).toEqual(whole);
          await clear();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes back the whole batch when a row is newer than the checkpoint says', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await applyBatch(target, events.slice(0, 2));
    const before = await contentsOf(views.db);
    // Between the read and the write, as only a fault could.
    const readThenDamaged = foldBatch(
      await readRows(views.db, liveSchema, [taskNumber(0)]),
      events.slice(2),
      new Set(),
    );
    await sql`update projection.task_view set version = 9`.execute(views.db);
    const move = { partition: 0, from: 2n, to: 4n };
    const { db, schema, writer } = target;
    const writing = writeBatches(db, schema, [{ move, writer, folded: readThenDamaged }]);
    await expect(writing).rejects.toThrow('older than the batch');
    await sql`update projection.task_view set version = 2`.execute(views.db);
    expect(await contentsOf(views.db)).toEqual(before);
  });

  it('refuses a batch that was applied already, and changes nothing', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await applyBatch(target, events);
    const before = await contentsOf(views.db);
    await expect(applyBatch(target, events)).rejects.toThrow(StaleWriterError);
    expect(await contentsOf(views.db)).toEqual(before);
  });

  it('refuses a batch that does not follow the checkpoint', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await expect(applyBatch(target, events.slice(1))).rejects.toThrow(StaleWriterError);
  });

  it('refuses a writer whose lease another has taken since', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await applyBatch(target, events.slice(0, 1));
    await sql`update projection.lease set expires_at = '-infinity'`.execute(views.db);
    await takeLeases(views.db, leaseTables, { id: 'other', name: 'other' }, 1);
    await expect(applyBatch(target, events.slice(1))).rejects.toThrow(StaleWriterError);
    expect(await readCheckpoint(views.db, liveSchema, 0)).toBe(1n);
  });

  // The control: the position alone does not tell a stale owner from the present one.
  it('would let that writer go on if the epoch did not count', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await applyBatch(target, events.slice(0, 1));
    await sql`update projection.lease set expires_at = '-infinity'`.execute(views.db);
    await takeLeases(views.db, leaseTables, { id: 'other', name: 'other' }, 1);
    await applyBatch({ ...target, writer: { kind: 'rebuild' } }, events.slice(1));
    expect(await readCheckpoint(views.db, liveSchema, 0)).toBe(BigInt(events.length));
  });

  it('lets nobody take the lease in the middle of a batch', async () => {
    const events = logOf([[0, 4, 2]]).events(0);
    await sql`update projection.lease set expires_at = clock_timestamp() - interval '1 s'`.execute(
      views.db,
    );
    const [applied, taken] = await Promise.allSettled([
      applyBatch(target, events),
      takeLeases(views.db, leaseTables, { id: 'other', name: 'other' }, 1),
    ]);
    // Whoever came second found the other's work whole: the batch refused, or the lease skipped.
    const checkpoint = await readCheckpoint(views.db, liveSchema, 0);
    expect(checkpoint).toBe(applied.status === 'fulfilled' ? BigInt(events.length) : 0n);
    expect(taken.status).toBe('fulfilled');
  });

  it('parks a task at an event that it cannot apply, and goes on with the others', async () => {
    const log = logOf([[0], []]);
    log.append(taskNumber(0), { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' });
    log.append(taskNumber(0), { type: 'TaskProgressed', attempt: 1, percent: 7 });
    log.append(taskNumber(1), {
      type: 'TaskFinished',
      attempt: 0,
      outcome: 'cancelled',
      status: 499,
      detail: '',
      result: null,
    });
    const { poison } = await applyBatch(target, log.events(0));
    expect(poison).toHaveLength(1);
    const rows = await allRows(views.db);
    expect(rows.get(taskNumber(0))).toMatchObject({ state: 'assigned', version: 2 });
    expect(rows.get(taskNumber(1))).toMatchObject({ state: 'finished', outcome: 'cancelled' });
    expect(await readParked(views.db, 0)).toEqual(new Set([taskNumber(0)]));
  });

  it('parks nothing in a rebuild: it throws, and writes nothing', async () => {
    const log = logOf([[0]]);
    log.append(taskNumber(0), { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' });
    const rebuildTarget: BatchTarget = { ...target, writer: { kind: 'rebuild' } };
    await expect(applyBatch(rebuildTarget, log.events(0))).rejects.toThrow('unreadable');
    expect(await readCheckpoint(views.db, liveSchema, 0)).toBe(0n);
    expect(await allRows(views.db)).toEqual(new Map());
  });

  it('keeps the counters of a tenant beside its tasks', async () => {
    // Task 0 finished, task 2 running; both of the first tenant.
    await applyBatch(target, logOf([[0, 4, 2], [], [0, 4]]).events(0));
    const { rows } = await sql`
      select tenant_id, pending, running, finished from projection.tenant_count
      order by tenant_id`.execute(views.db);
    expect(rows).toEqual([
      { tenant_id: tenants[0], pending: 0n, running: 1n, finished: 1n },
      { tenant_id: tenants[1], pending: 1n, running: 0n, finished: 0n },
    ]);
  });
});
