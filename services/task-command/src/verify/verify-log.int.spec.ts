import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { decodeTaskEvent, encodeTaskEvent } from '@greencloud/event-log';
import { runProcess, type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Appender } from '../append/appender.ts';
import {
  assign,
  finish,
  issueTask,
  progress,
  release,
  replica,
  request,
} from '../append/append-fixtures.ts';
import { newTaskId, openLog } from '../log/log-fixtures.ts';
import type { Db } from '../postgres/database.ts';
import { verifyLog } from './verify-log.ts';

const program = fileURLToPath(new URL('../verify.ts', import.meta.url));
const body = Buffer.from('some bytes');
const content = { contentType: 'text/plain', body };
const info = { size: body.byteLength, contentType: 'text/plain', hash: '0'.repeat(64) };

let database: TestDatabase;
let db: Db;
let appender: Appender;
let lines: string[];

async function begin(partitions: number) {
  database = await withPostgres();
  db = await openLog(database.url, partitions);
  appender = replica(db, partitions);
  lines = [];
}
afterEach(async () => {
  await db.destroy();
  await database.close();
});

const verify = () => verifyLog({ db, print: (line) => void lines.push(line) });
const violations = () => lines.filter((line) => line.startsWith('violation: '));

/** Seven events, a payload, a result and a key. */
async function wholeTask(): Promise<void> {
  const idempotency = { key: `key-${randomUUID()}`, requestHash: Buffer.alloc(32) };
  const issue = { ...issueTask, payload: info };
  const issued = await appender.submit(request(newTaskId(), issue, { content, idempotency }));
  if (issued.kind !== 'appended') throw new Error(issued.kind);
  const { taskId } = issued;
  for (const command of [assign(1), progress(1, 0), release(1), assign(4), progress(2, 50)]) {
    await appender.submit(request(taskId, command));
  }
  const end = { ...finish(2), result: info };
  await appender.submit(request(taskId, end, { content }));
}

describe('a log that only its own writer has written', () => {
  it('has no violation, also while it is written', async () => {
    await begin(4);
    const writing: { state: 'on' | 'over' } = { state: 'on' };
    const writers = Array.from({ length: 8 }, async () => {
      while (writing.state === 'on') await wholeTask();
    });
    for (let round = 0; round < 5; round += 1) expect(await verify()).toBe(0);
    writing.state = 'over';
    await Promise.all(writers);
    expect(await verify()).toBe(0);
    expect(violations()).toEqual([]);
    expect(lines.at(-1)).toMatch(/^\d+ tasks, 0 violations$/);
    expect(lines.at(-2)).toMatch(/^read (\d+) of \1 events, \d+ events\/s$/);
  });

  it('is not looked at with an argument that is none', async () => {
    await begin(1);
    const run = await runProcess({ entry: program, args: ['--all'], env: {} });
    expect(run.code).toBe(2);
    expect(run.output).toContain("Unknown option '--all'");
  });

  it('ends the program with code 0', async () => {
    await begin(2);
    await wholeTask();
    const run = await runProcess({ entry: program, env: { GC_DATABASE_URL: database.url } });
    expect(run).toMatchObject({ code: 0 });
    expect(run.output).toContain('verify: 1 tasks, 0 violations');
  });
});

const task = '[0-9a-f]{24}';
const event = 'update task_command.event set';

/** What a hand in the database (or a bug of ours) could do, and what is said of it. */
const plants: readonly { title: string; sql: string; said: RegExp }[] = [
  {
    title: 'an event in the middle is gone',
    sql: 'delete from task_command.event where position = 3',
    said: /partition 0: position 4 after 2/,
  },
  {
    title: 'events at the end are gone',
    sql: 'delete from task_command.event where position >= 13',
    said: /the last position is 12, its head says 14/,
  },
  {
    title: 'the head of the partition is gone',
    sql: 'delete from task_command.partition_head',
    said: /partition 0 has no head/,
  },
  {
    title: 'a version is left out',
    sql: `${event} version = 9 where position = 7`,
    said: new RegExp(`task ${task}: version 9 after 6`),
  },
  {
    title: 'versions stand in another order than positions',
    sql: `${event} position = 100 where position = 2`,
    said: new RegExp(`task ${task}: version 3 stands at 3, before 100`),
  },
  {
    title: 'a task has two finishes',
    sql: `drop index task_command.event_finish_once;
      insert into task_command.event
      select partition, 15, task_id, 8, type, schema_version, gen_random_uuid(),
        gen_random_uuid(), tenant_id, recorded_at, data
      from task_command.event where position = 7;
      update task_command.partition_head set position = 15`,
    said: new RegExp(`task ${task}: TaskFinished after its finish`),
  },
  {
    title: 'a head says another version',
    sql: `update task_command.stream_head set version = 6 where position = 7`,
    said: new RegExp(`task ${task}: ends with version 7 at 7, its head says 6 at 7`),
  },
  {
    title: 'a head says that a finished task is open',
    sql: `update task_command.stream_head set open = true where position = 7`,
    said: new RegExp(`task ${task}: is finished, its head says open`),
  },
  {
    title: 'a head is gone',
    sql: 'delete from task_command.stream_head where position = 7',
    said: new RegExp(`task ${task}: has no stream head`),
  },
  {
    title: 'a head has no events',
    sql: `insert into task_command.stream_head values
      (0, '${'f'.repeat(24)}', 'tenant', 1, 1, true)`,
    said: /task f{24}: a stream_head without its event/,
  },
  {
    title: 'a payload is gone',
    sql: 'delete from task_command.payload',
    said: new RegExp(`task ${task}: TaskIssued names 10 bytes, kept are no bytes`),
  },
  {
    title: 'a result is cut short',
    sql: `update task_command.result set body = 'x'`,
    said: new RegExp(`task ${task}: TaskFinished names 10 bytes, kept are 1 bytes`),
  },
  {
    title: 'a payload is nobody’s',
    sql: `insert into task_command.payload values (0, '${'f'.repeat(24)}', 'text/plain', 'x')`,
    said: /task f{24}: a payload without its event/,
  },
  {
    title: 'an idempotency key names a task that was never issued by it',
    sql: `update task_command.idempotency_key set task_id = '${'f'.repeat(24)}'
      where task_id = (select task_id from task_command.event where position = 1)`,
    said: /task f{24}: a key of tenant 5f0{21}1 names it, and issued none/,
  },
  {
    title: 'an event belongs to another tenant',
    sql: `${event} tenant_id = '5f0000000000000000000002' where position = 4`,
    said: new RegExp(`task ${task}: changes its tenant`),
  },
  {
    title: 'an event stands in a partition that does not exist',
    sql: `insert into task_command.event
      select 7, position, task_id, version, type, schema_version, event_id,
        gen_random_uuid(), tenant_id, recorded_at, data
      from task_command.event where position = 1`,
    said: /the log has no partition 7/,
  },
  {
    title: 'an event is no event',
    sql: `${event} data = '\\xff' where position = 2`,
    said: new RegExp(`task ${task}: version 2 cannot be read`),
  },
  {
    title: 'an event is of another type than its column says',
    sql: `${event} type = 'TaskReleased' where position = 2`,
    said: new RegExp(`task ${task}: TaskReleased holds a TaskAssigned`),
  },
];

describe('a violation is found when', () => {
  beforeEach(async () => {
    await begin(1);
    await wholeTask();
    await wholeTask();
  });

  it.each(plants)('$title', async ({ sql, said }) => {
    await database.pool.query(`alter table task_command.event disable trigger append_only; ${sql}`);
    expect(await verify()).toBeGreaterThan(0);
    expect(violations().join('\n')).toMatch(said);
    expect(lines.at(-1)).toMatch(/, [1-9]\d* violations$/);
  });

  it('an attempt that was not held is recorded, and tells the fault once', async () => {
    await database.pool.query('alter table task_command.event disable trigger append_only');
    const { rows } = await database.pool.query(
      'select data from task_command.event where position = 6',
    );
    const progressed = decodeTaskEvent(rows[0].data);
    if (progressed.type !== 'TaskProgressed') throw new Error(progressed.type);
    const stale = Buffer.from(encodeTaskEvent({ ...progressed, attempt: 1 }));
    await database.pool.query('update task_command.event set data = $1 where position = 6', [
      stale,
    ]);
    expect(await verify()).toBe(1);
    expect(violations()[0]).toMatch(/TaskProgressed of attempt 1, which is not held; .* is 2/);
  });

  it('the task belongs to another partition', async () => {
    await database.pool.query(`
      alter table task_command.log disable trigger append_only;
      update task_command.log set partitions = 2;
      insert into task_command.partition_head values (1, 0)`);
    const moved = await verify();
    const strangers = violations().filter((line) => line.endsWith('belongs to partition 1'));
    expect(strangers).toHaveLength(moved);
  });

  it('and the program ends with code 1 and a line of it', async () => {
    await database.pool.query('delete from task_command.stream_head where position = 7');
    const run = await runProcess({ entry: program, env: { GC_DATABASE_URL: database.url } });
    expect(run).toMatchObject({ code: 1 });
    expect(run.output).toMatch(/verify: violation: partition 0, task .*: has no stream head\n/);
    expect(run.output).toMatch(/verify: 2 tasks, 1 violations\n$/);
  });
});
