import { describe, expect, it } from 'vitest';
import { sqlStates } from '../postgres/sql-states.ts';
import { appendBatch } from './append-batch.ts';
import { draft, newTaskId } from './log-fixtures.ts';
import { kinds, useLog } from './partition-fixtures.ts';

const { log, partition } = useLog();

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

describe('a batch of several partitions', () => {
  it('gives each partition its own dense positions, and answers in the order of the commands', async () => {
    const [one, other] = [partition(), partition()];
    await one.append(draft(newTaskId(), 0));
    const wrong = draft(newTaskId(), 3);
    const outcomes = await appendBatch(log().db, [
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
    const append = appendBatch(log().db, [
      { ...draft(newTaskId(), 0), partition: number },
      { ...draft(newTaskId(), 0), partition: 64 },
    ]);
    await expect(append).rejects.toMatchObject({ code: sqlStates.unknownPartition });
    expect(await head()).toBe(0n);
  });
});
