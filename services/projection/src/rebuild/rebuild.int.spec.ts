import { createMemoryLog } from '@greencloud/event-log/testing';
import { eventually } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch, type BatchTarget } from '../apply/apply-batch.ts';
import { StaleWriterError } from '../apply/checkpoint.ts';
import { takeLeases } from '@greencloud/postgres';
import { leaseTables, liveSchema } from '../postgres/database.ts';
import { getTasks } from '../query/get-tasks.ts';
import { logOf, taskNumber } from '../testing/stories.ts';
import { contentsOf, silent, type TestViews, withViews } from '../testing/test-views.ts';
import { alone } from './alone.ts';
import { rebuild } from './rebuild.ts';

const choices = Array.from({ length: 300 }, (_, task) => [task, task * 7, 4, task * 13]);
const self = { id: 'follower', name: 'follower' };

describe('rebuild', () => {
  let views: TestViews;
  let lines: string[];
  const log = logOf(choices, 2);
  const run = (reader = log) =>
    rebuild({ db: views.db, reader, print: (line) => void lines.push(line) });

  beforeEach(async () => {
    views = await withViews(2);
    lines = [];
  });
  afterEach(() => views.close());

  async function follow(partition: number): Promise<BatchTarget> {
    const leases = await takeLeases(views.db, leaseTables, self, 2);
    const epoch = leases.find((lease) => lease.partition === partition)?.epoch ?? 1n;
    return {
      db: views.db,
      schema: liveSchema,
      writer: { kind: 'lease', instance: self.id, epoch },
    };
  }

  async function applyLive() {
    const target = await follow(0);
    for (const partition of [0, 1]) await applyBatch(target, log.events(partition));
  }

  it('brings back what the follower had made, from the log alone', async () => {
    await applyLive();
    const followed = await contentsOf(views.db);
    await run();
    expect(await contentsOf(views.db)).toEqual(followed);
    expect(lines.join('\n')).toContain('300 tasks alike, 0 of another version, 0 different');
    expect(lines.join('\n')).toMatch(/built \d+ of \d+ events, \d+ events\/s/);
    expect(lines.join('\n')).toMatch(/switched in \d+ ms/);
  });

  it('brings back dropped views, their schema and all', async () => {
    await applyLive();
    const followed = await contentsOf(views.db);
    await sql`drop schema projection cascade`.execute(views.db);
    await run();
    expect(await contentsOf(views.db)).toEqual(followed);
    expect(lines[0]).toContain('migrated');
  });

  it('mends rows that somebody damaged, and says how many', async () => {
    await applyLive();
    const followed = await contentsOf(views.db);
    await sql`update projection.task_view set progress = 99, detail = 'damaged'
      where task_id in (${taskNumber(3)}, ${taskNumber(4)})`.execute(views.db);
    await sql`delete from projection.task_view where task_id = ${taskNumber(5)}`.execute(views.db);
    await run();
    expect(await contentsOf(views.db)).toEqual(followed);
    expect(lines.join('\n')).toContain('2 different, 0 only in the live views, 1 only in the new');
  });

  it('leaves no schema behind, and can be run again', async () => {
    await run();
    await run();
    const { rows } = await sql<{ name: string }>`
      select schema_name as name from information_schema.schemata
      where schema_name like 'projection%'`.execute(views.db);
    expect(rows).toEqual([{ name: 'projection' }]);
  });

  it('keeps the indexes and the fill factors', async () => {
    const shapeOf = async () => {
      const { rows } = await sql`
        select c.relname, c.reloptions, array_agg(pg_get_indexdef(i.indexrelid) order by 1)
        from pg_class c join pg_index i on i.indrelid = c.oid
        where c.relnamespace = 'projection'::regnamespace
          and c.relname in ('task_view', 'tenant_count', 'checkpoint', 'parked_task')
        group by c.oid order by 1`.execute(views.db);
      return rows;
    };
    const before = await shapeOf();
    await run();
    expect(await shapeOf()).toEqual(before);
  });

  it('parks nothing: it fails at an event that cannot be applied, and the live views stay', async () => {
    await applyLive();
    const poisoned = logOf(choices, 2);
    poisoned.append(taskNumber(0), { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' });
    const followed = await contentsOf(views.db);
    await expect(run(poisoned)).rejects.toThrow('unreadable');
    expect(await contentsOf(views.db)).toEqual(followed);
  });

  it('takes the leases of the followers for the switch, and gives them back', async () => {
    const target = await follow(0);
    await applyBatch(target, log.events(0).slice(0, 10));
    await run();
    await expect(applyBatch(target, log.events(0).slice(10, 20))).rejects.toThrow(StaleWriterError);
    expect(await takeLeases(views.db, leaseTables, self, 2)).toHaveLength(2);
  });

  it('unparks what a follower had parked', async () => {
    await applyLive();
    await sql`insert into projection.parked_task (task_id, partition, position, version, reason)
      values (${taskNumber(1)}, 0, 1, 1, 'an older release')`.execute(views.db);
    await run();
    const { rows } = await sql`select * from projection.parked_task`.execute(views.db);
    expect(rows).toEqual([]);
  });

  it('answers every read while it runs, and never with less than before', async () => {
    await applyLive();
    const followed = await contentsOf(views.db);
    const done = new AbortController();
    let reads = 0;
    const keys = [...followed.tasks.values()].slice(0, 50).map(({ taskId, tenantId, version }) => ({
      key: { taskId, tenantId, minVersion: 0 },
      version,
    }));
    // A log that refuses: every answer must come from the views.
    const nowhere = { readTasks: () => Promise.reject(new Error('the views had no answer')) };
    const metrics = { missed: () => undefined };
    const reading = (async () => {
      while (!done.signal.aborted) {
        const held = { newest: () => undefined };
        const ports = { byId: views.db, held, reader: nowhere, metrics, logger: silent };
        const found = await getTasks(
          ports,
          keys.map(({ key }) => key),
        );
        const versions = found.map((row) => (row instanceof Error ? row.message : row.version));
        expect(versions).toEqual(keys.map(({ version }) => version));
        reads += 1;
      }
    })();
    await run().finally(() => done.abort());
    await reading;
    expect(reads).toBeGreaterThan(5);
  });

  it('lets a long read end before it switches, and no other read wait for that', async () => {
    await applyLive();
    const release = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const reading = views.db.transaction().execute(async (tx) => {
      await sql`select count(*) from projection.task_view`.execute(tx);
      held.resolve();
      await release.promise;
    });
    await held.promise;
    const rebuilding = run();
    await eventually(() => expect(lines.join()).toContain('compared'));
    await sql`select count(*) from projection.task_view`.execute(views.db);
    expect(lines.join()).not.toContain('switched');
    release.resolve();
    await Promise.all([reading, rebuilding]);
    expect(lines.join()).toContain('switched');
  });

  it('catches up with what is appended while it builds', async () => {
    const growing = logOf(choices, 2);
    let asked = 0;
    const reader = {
      getLog() {
        asked += 1;
        if (asked === 3)
          growing.append(
            taskNumber(900),
            ...growing
              .events(0)
              .slice(0, 1)
              .map(({ event }) => event),
          );
        return growing.getLog();
      },
      readPartition: growing.readPartition.bind(growing),
    };
    await rebuild({ db: views.db, reader, print: () => undefined });
    const { tasks } = await contentsOf(views.db);
    expect(tasks.has(taskNumber(900))).toBe(true);
  });

  it('refuses to run beside another rebuild', async () => {
    await alone(views.db, async () => {
      await expect(run()).rejects.toThrow('another rebuild runs already');
    });
  });

  it('makes empty views of an empty log', async () => {
    await run(createMemoryLog({ partitions: 2 }));
    expect((await contentsOf(views.db)).tasks.size).toBe(0);
  });
});
