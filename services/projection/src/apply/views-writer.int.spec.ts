import type { RecordedEvent } from '@greencloud/event-log';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lease, takeLeases } from '@greencloud/postgres';
import { leaseTables, liveSchema } from '../postgres/database.ts';
import { logOf } from '../testing/stories.ts';
import { allRows, contentsOf, silent, type TestViews, withViews } from '../testing/test-views.ts';
import { applyBatch } from './apply-batch.ts';
import { readParked } from './park-tasks.ts';
import { readCheckpoint, StaleWriterError } from './checkpoint.ts';
import { RowMemory } from './row-memory.ts';
import { createViewsWriter, type ViewsWriter } from './views-writer.ts';

const self = { id: 'me', name: 'me' };
const partitions = 3;
const choices = Array.from({ length: 30 }, (_, task) => [0, task, 4, task * 3]);

describe('the writer of the views', () => {
  let views: TestViews;
  let leases: readonly Lease[];
  let written: number[];
  let writer: ViewsWriter;
  const memories = Array.from({ length: partitions }, () => new RowMemory());

  beforeEach(async () => {
    views = await withViews(partitions);
    leases = await takeLeases(views.db, leaseTables, self, partitions);
    written = [];
    for (const memory of memories) memory.clear();
    writer = createViewsWriter({
      db: views.db,
      schema: liveSchema,
      logger: silent,
      onWritten: (events) => void written.push(events),
      signal: new AbortController().signal,
    });
  });
  afterEach(() => views.close());

  function apply(partition: number, events: readonly RecordedEvent[]) {
    const epoch = leases.find((lease) => lease.partition === partition)?.epoch ?? 0n;
    return writer.apply({
      writer: { kind: 'lease', instance: self.id, epoch },
      events,
      parked: new Set(),
      memory: memories[partition] ?? new RowMemory(),
    });
  }

  const all = Array.from({ length: partitions }, (_, partition) => partition);

  it('writes what all partitions have in one transaction, as each alone would be written', async () => {
    const log = logOf(choices, partitions);
    await Promise.all(all.map((partition) => apply(partition, log.events(partition))));
    expect(written).toHaveLength(1);
    const together = await contentsOf(views.db);
    await using others = await withViews(partitions);
    for (const partition of all) {
      const target = { db: others.db, schema: liveSchema, writer: { kind: 'rebuild' } } as const;
      await applyBatch(target, log.events(partition));
    }
    expect(together).toEqual(await contentsOf(others.db));
  });

  it('shows rows while they are written and when their task has ended, and none of a failed batch', async () => {
    const log = logOf(choices, partitions);
    const [memory] = memories;
    const events = log.events(0);
    const rowsOf = () => events.map(({ taskId }) => memory?.newest(taskId)?.version);
    const { writing, early } = await views.db.transaction().execute(async (holding) => {
      await sql`select from projection.lease for update`.execute(holding);
      const writing = apply(0, events);
      await expect.poll(rowsOf).not.toContain(undefined);
      return { writing: { end: writing }, early: rowsOf() };
    });
    await writing.end;
    expect(rowsOf()).toEqual(early);
    const states = [...(await allRows(views.db)).values()].map(({ state }) => state);
    expect(states).toContain('finished');
    await expect(apply(0, events)).rejects.toThrow(StaleWriterError);
    expect(rowsOf()).not.toContainEqual(expect.anything());
  });

  it('goes on from what it wrote itself', async () => {
    const log = logOf(choices, partitions);
    for (const partition of all) {
      for (const event of log.events(partition)) await apply(partition, [event]);
    }
    const whole = logOf(choices, partitions);
    await using others = await withViews(partitions);
    for (const partition of all) {
      const target = { db: others.db, schema: liveSchema, writer: { kind: 'rebuild' } } as const;
      await applyBatch(target, whole.events(partition));
    }
    expect(await contentsOf(views.db)).toEqual(await contentsOf(others.db));
  });

  it('lets one partition whose lease is lost fail alone', async () => {
    const log = logOf(choices, partitions);
    await sql`update projection.lease set epoch = epoch + 1 where partition = 1`.execute(views.db);
    const outcomes = await Promise.allSettled(
      all.map((partition) => apply(partition, log.events(partition))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(StaleWriterError) });
    expect(await readCheckpoint(views.db, liveSchema, 1)).toBe(0n);
    expect(await readCheckpoint(views.db, liveSchema, 2)).toBe(BigInt(log.events(2).length));
  });

  it('parks a task with a value that no column takes, and writes the others of its partition', async () => {
    const log = logOf(choices, partitions);
    const events = log.events(0);
    const [first] = events;
    if (first?.event.type !== 'TaskIssued') throw new Error('a partition begins with an issue');
    const lambdaId = 'a\0b' as typeof first.event.lambdaId;
    const unstorable = { ...first, event: { ...first.event, lambdaId } };
    const folded = await apply(0, [unstorable, ...events.slice(1)]);
    expect(folded.poison.map(({ recorded }) => recorded)).toEqual([unstorable]);
    expect(await readParked(views.db, 0)).toEqual(new Set([first.taskId]));
    expect(await readCheckpoint(views.db, liveSchema, 0)).toBe(BigInt(events.length));
    const ids = new Set(events.map(({ taskId }) => taskId));
    expect([...(await allRows(views.db)).keys()].toSorted()).toEqual(
      [...ids].filter((id) => id !== first.taskId).toSorted(),
    );
  });

  it('reads the rows again when those in its memory turn out to be old', async () => {
    const log = logOf([[0, 4, 2]]);
    const events = log.events(0);
    await apply(0, events.slice(0, 2));
    // As only a fault could: the row is ahead of the checkpoint.
    const target = { db: views.db, schema: liveSchema, writer: { kind: 'rebuild' } } as const;
    await applyBatch(target, events.slice(2, 3));
    await sql`update projection.checkpoint set position = 2 where partition = 0`.execute(views.db);
    await apply(0, events.slice(2));
    const [row] = (await allRows(views.db)).values();
    expect(row?.version).toBe(events.length);
  });
});
