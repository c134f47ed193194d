import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sqlStates } from '../postgres/sql-states.ts';
import { appendTo, draft, newTaskId } from './log-fixtures.ts';
import { useLog } from './partition-fixtures.ts';

const { log, partition } = useLog();

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
    await expect(log().database.pool.query(statement)).rejects.toEqual(state(sqlStates.appendOnly));
  });

  it('would take the same statement without its trigger', async () => {
    const p = partition();
    await p.append(draft(newTaskId(), 0));
    const client = await log().database.pool.connect();
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
    const append = appendTo(log().db, 64, [draft(newTaskId(), 0)]);
    await expect(append).rejects.toEqual(state(sqlStates.unknownPartition));
  });

  it('refuses to append inside a snapshot that is older than its lock', async () => {
    const { db } = log();
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
