import type { RecordedEvent } from '@greencloud/event-log';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { StaleWriterError } from '../apply/checkpoint.ts';
import { readParked } from '../apply/park-tasks.ts';
import { compareWithLog } from '../compare/compare-with-log.ts';
import { takeLeases } from '@greencloud/postgres';
import { leaseTables } from '../postgres/database.ts';
import { applyLog, takeAll } from '../testing/follower.ts';
import { logOf, taskNumber } from '../testing/stories.ts';
import { type TestViews, withViews } from '../testing/test-views.ts';
import { replayParked } from './replay-parked.ts';

// More than a batch of them are parked.
const choices = Array.from({ length: 1_300 }, (_, task) => [task, task * 7, 4, task * 13]);
const log = logOf(choices, 2);
const second = taskNumber(2);
const isSecondHalf = ({ taskId }: RecordedEvent) => Number.parseInt(taskId, 16) >= 650;

/** As an older release reads an event of a newer one. */
function unreadable(event: RecordedEvent): RecordedEvent {
  return { ...event, event: { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' } };
}

describe('a replay of parked tasks', () => {
  let views: TestViews;
  let lines: string[];
  const print = (line: string) => void lines.push(line);
  const replay = (which: Parameters<typeof replayParked>[1], reader = log) =>
    replayParked({ db: views.db, reader, print }, which);
  const differences = () => compareWithLog({ db: views.db, reader: log, print: () => undefined });
  const parked = async () => {
    const all = await Promise.all([0, 1].map((partition) => readParked(views.db, partition)));
    return all.flatMap((set) => [...set]);
  };

  beforeEach(async () => {
    views = await withViews(2);
    lines = [];
  });
  afterEach(() => views.close());

  it('brings one back as if it had never been parked, counters and all', async () => {
    const isPoison = ({ taskId, version }: RecordedEvent) => taskId === second && version === 2;
    await applyLog(views.db, log, (event) => (isPoison(event) ? unreadable(event) : event));
    expect(await parked()).toEqual([second]);
    expect(await differences()).toBe(1);
    expect(await replay(second)).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^task 0{23}2 is back, at version \d$/)]);
    expect(await parked()).toEqual([]);
    expect(await differences()).toBe(0);
  });

  it('brings all back, also those that have no row at all', async () => {
    await applyLog(views.db, log, (event) => (isSecondHalf(event) ? unreadable(event) : event));
    expect(await parked()).toHaveLength(650);
    expect(await replay('all')).toBe(0);
    expect(lines).toHaveLength(650);
    expect(await differences()).toBe(0);
    expect(await replay('all')).toBe(0);
    expect(lines.at(-1)).toBe('no task is parked');
  });

  it('leaves parked what this release cannot apply either, and says why', async () => {
    const poisoned = logOf(choices.slice(0, 10), 2);
    const [event] = poisoned.append(second, unreadable(log.events(0)[0] as RecordedEvent).event);
    await applyLog(views.db, poisoned);
    expect(await parked()).toEqual([second]);
    expect(await replay(second, poisoned)).toBe(1);
    expect(lines).toEqual([`task ${second} is still parked: unreadable: newer_schema, v9`]);
    expect(await parked()).toEqual([second]);
    expect(event?.taskId).toBe(second);
  });

  it('says that a task is not parked', async () => {
    await applyLog(views.db, log);
    expect(await replay(second)).toBe(1);
    expect(lines).toEqual([`task ${second} is not parked`]);
  });

  it('goes no further than the checkpoint: the rest is the follower’s', async () => {
    const events = log.events(0);
    const half = events.slice(0, events.length / 2);
    const of = half.at(-1)?.taskId ?? second;
    const target = await takeAll(views.db, 2);
    const seen = half.map((event) => (event.taskId === of ? unreadable(event) : event));
    await applyBatch(target(0), seen);
    expect(await replay(of)).toBe(0);
    const again = await takeAll(views.db, 2);
    await applyBatch(again(0), events.slice(events.length / 2));
    expect(await differences()).toBe(0);
  });

  it('makes followers begin anew: one that still passes over the task is refused', async () => {
    const events = log.events(0);
    const target = await takeAll(views.db, 2);
    const seen = events
      .slice(0, 1_000)
      .map((event) => (event.version > 1 ? unreadable(event) : event));
    await applyBatch(target(0), seen);
    await replay('all');
    const rest = applyBatch(
      target(0),
      events.slice(1_000),
      new Set(seen.map((each) => each.taskId)),
    );
    await expect(rest).rejects.toThrow(StaleWriterError);
    expect(await takeLeases(views.db, leaseTables, { id: 'b', name: 'b' }, 2)).toHaveLength(2);
  });

  it('changes nothing when a lease ended before it has written', async () => {
    await applyLog(views.db, log, (event) => (isSecondHalf(event) ? unreadable(event) : event));
    const slow = {
      ...log,
      getLog: () => log.getLog(),
      async readTasks(taskIds: Parameters<typeof log.readTasks>[0]) {
        await sql`update projection.lease set expires_at = '-infinity'`.execute(views.db);
        return await log.readTasks(taskIds);
      },
    };
    await expect(replayParked({ db: views.db, reader: slow, print }, 'all')).rejects.toThrow(
      'longer than its leases',
    );
    expect(await parked()).toHaveLength(650);
  });
});
