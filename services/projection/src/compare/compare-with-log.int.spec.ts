import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { applyLog, takeAll } from '../testing/follower.ts';
import { logOf, taskNumber } from '../testing/stories.ts';
import { type TestViews, withViews } from '../testing/test-views.ts';
import { compareWithLog } from './compare-with-log.ts';

// More than a page of rows.
const choices = Array.from({ length: 1_200 }, (_, task) => [task, task * 7, 4, task * 13]);
const log = logOf(choices, 2);

describe('the comparison of the views with the log', () => {
  let views: TestViews;
  let lines: string[];
  const compare = (reader = log) =>
    compareWithLog({ db: views.db, reader, print: (line) => void lines.push(line) });
  const differences = () => lines.filter((line) => line.startsWith('difference: '));

  beforeEach(async () => {
    views = await withViews(2);
    lines = [];
  });
  afterEach(() => views.close());

  it('finds none in what a follower has written', async () => {
    await applyLog(views.db, log);
    expect(await compare()).toBe(0);
    expect(differences()).toEqual([]);
    expect(lines.at(-1)).toBe('1200 rows, 0 differences');
  });

  it('finds none in views that are behind the log, up to their checkpoint', async () => {
    const target = await takeAll(views.db, 2);
    await applyBatch(target(0), log.events(0).slice(0, 1_000));
    expect(await compare()).toBe(0);
  });

  it('finds none while a follower writes', async () => {
    const target = await takeAll(views.db, 2);
    const writing: { state: 'on' | 'over' } = { state: 'on' };
    const follower = (async () => {
      const events = log.events(1);
      for (let start = 0; start < events.length; start += 100) {
        await applyBatch(target(1), events.slice(start, start + 100));
      }
      writing.state = 'over';
    })();
    while (writing.state === 'on') expect(await compare()).toBe(0);
    await follower;
    expect(differences()).toEqual([]);
  });

  const plants: readonly { title: string; change: ReturnType<typeof sql>; said: RegExp }[] = [
    {
      title: 'a value that the log does not say',
      change: sql`update projection.task_view set detail = 'x', attempt = 9
        where task_id = ${taskNumber(3)}`,
      said: /task 0{23}3 differs from the log in attempt, detail/,
    },
    {
      title: 'a row that is gone',
      change: sql`delete from projection.task_view where task_id = ${taskNumber(1_199)}`,
      said: /task 0{21}4af has no row/,
    },
    {
      title: 'a row that nobody issued',
      change: sql`insert into projection.task_view
        select (jsonb_populate_record(v, jsonb_build_object('task_id', repeat('f', 24)))).*
        from projection.task_view v where task_id = ${taskNumber(3)}`,
      said: /task f{24} is not in the log/,
    },
    {
      title: 'a row that missed its last event',
      change: sql`update projection.task_view set version = version - 1
        where task_id = ${taskNumber(3)}`,
      said: /task 0{23}3 stands at version \d+, behind its partition's checkpoint/,
    },
    {
      title: 'a row that is further than the log',
      change: sql`update projection.task_view set version = 99
        where task_id = ${taskNumber(3)}`,
      said: /task 0{23}3 stands at version 99, the log ends at \d/,
    },
    {
      title: 'a parked task',
      change: sql`insert into projection.parked_task (task_id, partition, position, version, reason)
        values (${taskNumber(3)}, 0, 1, 1, 'an older release')`,
      said: /task 0{23}3 is parked: an older release/,
    },
    {
      title: 'a counter that is wrong',
      change: sql`update projection.tenant_count set finished = finished + 1 where partition = 0`,
      said: /the counters of 2 tenants do not agree with their tasks/,
    },
  ];

  it.each(plants)('finds $title', async ({ change, said }) => {
    await applyLog(views.db, log);
    await change.execute(views.db);
    expect(await compare()).toBeGreaterThan(0);
    expect(differences().join('\n')).toMatch(said);
  });
});
