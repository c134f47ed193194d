import { randomUUID } from 'node:crypto';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../postgres/database.ts';
import { sqlStates } from '../postgres/sql-states.ts';
import { appendBatch } from './append-batch.ts';
import type { Draft } from './draft.ts';
import { appendTo, draft, newTaskId, openLog } from './log-fixtures.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await withPostgres();
  db = await openLog(database.url, 64);
});
afterAll(async () => {
  await db.destroy();
  await database.close();
});

const partitions = (function* count() {
  for (let p = 0; ; p += 1) yield p;
})();

/** Each test has a partition to itself, so its positions begin at 1. */
function partition() {
  const p = partitions.next().value;
  return {
    number: p,
    append: (...drafts: Draft[]) => appendTo(db, p, drafts),
    events: () =>
      db
        .selectFrom('task_command.event')
        .select(['position', 'task_id', 'version', 'type', 'command_id'])
        .where('partition', '=', p)
        .orderBy('position')
        .execute(),
    head: async () => {
      const row = await db
        .selectFrom('task_command.partition_head')
        .select('position')
        .where('partition', '=', p)
        .executeTakeFirstOrThrow();
      return row.position;
    },
    content: (table: 'payload' | 'result') =>
      db
        .selectFrom(`task_command.${table}`)
        .select(['task_id', 'content_type', 'body'])
        .where('partition', '=', p)
        .execute(),
    stream: (taskId: string) =>
      db
        .selectFrom('task_command.stream_head')
        .select(['version', 'position', 'open', 'tenant_id'])
        .where('partition', '=', p)
        .where('task_id', '=', taskId)
        .executeTakeFirst(),
  };
}

const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind);

describe('a batch', () => {
  it('takes dense positions in the order of its commands', async () => {
    const p = partition();
    const tasks = [newTaskId(), newTaskId(), newTaskId()];
    const outcomes = await p.append(...tasks.map((task) => draft(task, 0)));
    expect(outcomes).toMatchObject([
      { kind: 'accepted', position: 1n },
      { kind: 'accepted', position: 2n },
      { kind: 'accepted', position: 3n },
    ]);
    expect((await p.events()).map((event) => event.task_id)).toEqual(tasks);
    expect(await p.head()).toBe(3n);
  });

  it('appends several commands of one stream with dense versions', async () => {
    const p = partition();
    const task = newTaskId();
    const other = newTaskId();
    const outcomes = await p.append(
      draft(task, 0),
      draft(other, 0),
      draft(task, 1),
      draft(task, 2, { type: 'TaskFinished' }),
    );
    expect(kinds(outcomes)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    const versions = (await p.events()).filter((event) => event.task_id === task);
    expect(versions.map(({ version, position }) => [version, position])).toEqual([
      [1, 1n],
      [2, 3n],
      [3, 4n],
    ]);
    expect(await p.stream(task)).toMatchObject({ version: 3, position: 4n, open: false });
    expect(await p.stream(other)).toMatchObject({ version: 1, position: 2n, open: true });
  });

  it('is not failed by a command that is refused, and leaves no hole', async () => {
    const p = partition();
    const [known, fresh] = [newTaskId(), newTaskId()];
    await p.append(draft(known, 0));
    const outcomes = await p.append(draft(known, 5), draft(known, 0), draft(fresh, 0));
    expect(outcomes).toMatchObject([
      { kind: 'conflict' },
      { kind: 'conflict' },
      { kind: 'accepted', position: 2n },
    ]);
  });

  it('accepts nothing of a stream in which one command is in the log already', async () => {
    const p = partition();
    const task = newTaskId();
    const [first, second] = [draft(task, 0), draft(task, 1)];
    await p.append(first, second);
    const outcomes = await p.append(draft(task, 2), { ...second, expectedVersion: 3 });
    expect(kinds(outcomes)).toEqual(['conflict', 'duplicate']);
    expect(await p.head()).toBe(2n);
  });

  it('holds back what does not follow in its stream, and what stands behind it', async () => {
    const p = partition();
    const task = newTaskId();
    const outcomes = await p.append(draft(task, 0), draft(task, 2), draft(task, 1));
    expect(kinds(outcomes)).toEqual(['accepted', 'conflict', 'conflict']);
  });

  it('accepts nothing of a stream behind a conflict, even when the versions would fit', async () => {
    const p = partition();
    const task = newTaskId();
    await p.append(draft(task, 0));
    // Decided on version 0; the second one was decided on what the first would have made.
    expect(kinds(await p.append(draft(task, 0), draft(task, 1)))).toEqual(['conflict', 'conflict']);
  });

  it('writes payload and result beside their events', async () => {
    const p = partition();
    const task = newTaskId();
    const payload = { contentType: 'text/plain', body: Buffer.from('in') };
    const result = { contentType: 'application/json', body: Buffer.from('{}') };
    await p.append(draft(task, 0, { content: payload }));
    await p.append(draft(task, 1, { type: 'TaskFinished', content: result }));
    expect(await p.content('payload')).toEqual([
      { task_id: task, content_type: 'text/plain', body: payload.body },
    ]);
    expect(await p.content('result')).toEqual([
      { task_id: task, content_type: 'application/json', body: result.body },
    ]);
  });

  it('does nothing when it is empty', async () => {
    const p = partition();
    expect(await p.append()).toEqual([]);
    expect(await p.head()).toBe(0n);
  });
});

describe('a command sent again', () => {
  it('is a duplicate, whatever version it expects', async () => {
    const p = partition();
    const task = newTaskId();
    const first = draft(task, 0);
    await p.append(first, draft(task, 1));
    for (const again of [first, { ...first, expectedVersion: 2 }]) {
      expect(await p.append(again)).toEqual([{ kind: 'duplicate', version: 1, taskId: task }]);
    }
    expect(await p.head()).toBe(2n);
  });

  it('is in conflict with itself within one batch', async () => {
    const p = partition();
    const first = draft(newTaskId(), 0);
    expect(kinds(await p.append(first, { ...first, expectedVersion: 1 }))).toEqual([
      'accepted',
      'conflict',
    ]);
  });

  it('may be the command of another stream', async () => {
    const p = partition();
    const first = draft(newTaskId(), 0);
    expect(kinds(await p.append(first, { ...first, taskId: newTaskId() }))).toEqual([
      'accepted',
      'accepted',
    ]);
  });
});

describe('an idempotency key', () => {
  const requestHash = Buffer.alloc(32, 1);
  const keyed = (key: string, other: Partial<Draft> = {}) =>
    draft(newTaskId(), 0, { idempotency: { key, requestHash }, ...other });

  it('gives the task it has issued to the same request', async () => {
    const p = partition();
    const first = keyed('a');
    await p.append(first);
    const outcome = { kind: 'replayed', taskId: first.taskId };
    expect(await p.append(keyed('a'), keyed('a'))).toEqual([outcome, outcome]);
  });

  it('tells the first command from another one', async () => {
    const p = partition();
    const first = keyed('b');
    await p.append(first);
    expect(await p.append({ ...keyed('b'), commandId: first.commandId })).toEqual([
      { kind: 'duplicate', version: 1, taskId: first.taskId },
    ]);
  });

  it('is refused to another request', async () => {
    const p = partition();
    await p.append(keyed('c'));
    const other = { key: 'c', requestHash: Buffer.alloc(32, 2) };
    expect(await p.append(keyed('c', { idempotency: other }))).toEqual([{ kind: 'key_reused' }]);
  });

  it('belongs to its tenant', async () => {
    const p = partition();
    const foreign = { tenantId: 'someone-else' as Draft['tenantId'] };
    expect(kinds(await p.append(keyed('d'), keyed('d', foreign)))).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  it('issues once within one batch', async () => {
    const p = partition();
    expect(kinds(await p.append(keyed('e'), keyed('e')))).toEqual(['accepted', 'conflict']);
  });

  it('is not used up by a command in conflict', async () => {
    const p = partition();
    const taken = newTaskId();
    await p.append(draft(taken, 0));
    const outcomes = await p.append(keyed('f', { taskId: taken }));
    expect(kinds(outcomes)).toEqual(['conflict']);
    expect(kinds(await p.append(keyed('f')))).toEqual(['accepted']);
  });
});

describe('the log', () => {
  const state = (wanted: string) => expect.objectContaining({ code: wanted });

  it.each([
    'update task_command.event set version = version + 1',
    'delete from task_command.event',
    'truncate task_command.event',
    'update task_command.log set partitions = partitions + 1',
    'delete from task_command.log',
  ])('refuses: %s', async (statement) => {
    await partition().append(draft(newTaskId(), 0));
    await expect(database.pool.query(statement)).rejects.toEqual(state(sqlStates.appendOnly));
  });

  it('would take the same statement without its trigger', async () => {
    const p = partition();
    await p.append(draft(newTaskId(), 0));
    const client = await database.pool.connect();
    await client.query('begin; alter table task_command.event disable trigger append_only');
    const { rowCount } = await client.query('delete from task_command.event');
    await client.query('rollback');
    client.release();
    expect(rowCount).toBeGreaterThan(0);
    expect(await p.events()).toHaveLength(1);
  });

  it('refuses a second finish of a stream by itself, whoever decided it', async () => {
    const p = partition();
    const task = newTaskId();
    await p.append(draft(task, 0), draft(task, 1, { type: 'TaskFinished' }));
    const second = p.append(draft(task, 2, { type: 'TaskFinished' }));
    await expect(second).rejects.toMatchObject({ constraint: 'event_finish_once' });
    expect(await p.head()).toBe(2n);
  });

  it('refuses a partition that it does not have', async () => {
    const append = appendTo(db, 64, [draft(newTaskId(), 0)]);
    await expect(append).rejects.toEqual(state(sqlStates.unknownPartition));
  });

  it('refuses to append inside a snapshot that is older than its lock', async () => {
    const append = db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((trx) => appendTo(trx, 0, [draft(newTaskId(), 0)]));
    await expect(append).rejects.toEqual(state(sqlStates.wrongIsolation));
  });

  it('refuses an event of more than 4 KiB', async () => {
    const large = partition().append(draft(newTaskId(), 0, { data: randomBytesOf(4_097) }));
    await expect(large).rejects.toMatchObject({ code: '23514' });
  });
});

function randomBytesOf(size: number): Buffer {
  return Buffer.alloc(size, randomUUID());
}

describe('a batch of several partitions', () => {
  it('gives each partition its own dense positions, and answers in the order of the commands', async () => {
    const [one, other] = [partition(), partition()];
    await one.append(draft(newTaskId(), 0));
    const wrong = draft(newTaskId(), 3);
    const outcomes = await appendBatch(db, [
      { ...draft(newTaskId(), 0), partition: other.number },
      { ...draft(newTaskId(), 0), partition: one.number },
      { ...wrong, partition: other.number },
      { ...draft(newTaskId(), 0), partition: other.number },
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'accepted', position: 1n },
      { kind: 'accepted', position: 2n },
      { kind: 'conflict' },
      { kind: 'accepted', position: 2n },
    ]);
    expect([await one.head(), await other.head()]).toEqual([2n, 2n]);
  });

  it('appends nothing anywhere when one partition does not exist', async () => {
    const { number, head } = partition();
    const append = appendBatch(db, [
      { ...draft(newTaskId(), 0), partition: number },
      { ...draft(newTaskId(), 0), partition: 64 },
    ]);
    await expect(append).rejects.toMatchObject({ code: sqlStates.unknownPartition });
    expect(await head()).toBe(0n);
  });
});
