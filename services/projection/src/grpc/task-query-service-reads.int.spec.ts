import { TaskOutcome, TaskState } from '@greencloud/proto/task/v1/task';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { RowMemory } from '../apply/row-memory.ts';
import { liveSchema } from '../postgres/database.ts';
import {
  codeOf,
  collect,
  keyOf,
  listOf,
  mine,
  one,
  theirs,
  three,
  two,
} from '../testing/query-calls.ts';
import { taskNumber } from '../testing/stories.ts';
import { useQueryService } from '../testing/use-query-service.ts';
import { foldBatch } from '../view/fold-batch.ts';

describe('TaskQueryService', () => {
  const query = useQueryService();

  it('answers a task from the views', async () => {
    const { client, missed, append, applyAll } = query();
    append(one, [0, 4, 2]);
    await applyAll();
    const { task } = await client.unary('getTask', { key: keyOf() });
    expect(task).toMatchObject({
      taskId: one,
      tenantId: mine,
      state: TaskState.TASK_STATE_FINISHED,
      outcome: TaskOutcome.TASK_OUTCOME_SUCCEEDED,
      status: 200,
      progress: 100,
      version: 4,
      attempt: 1,
      result: { contentType: 'text/plain' },
    });
    expect(missed).toEqual([]);
  });

  it('answers from the log what the views do not have yet: no 404 after 201', async () => {
    const { client, append } = query();
    append(one, [0]);
    const { task } = await client.unary('getTask', { key: keyOf() });
    expect(task).toMatchObject({ state: TaskState.TASK_STATE_ASSIGNED, version: 2 });
  });

  it('answers from the log when the views are older than asked for', async () => {
    const { client, log, append, applyAll } = query();
    append(one, [0]);
    await applyAll();
    log.log.append(one, { type: 'TaskProgressed', attempt: 1, percent: 5 });
    const old = await client.unary('getTask', { key: keyOf() });
    expect(old.task?.version).toBe(2);
    const fresh = await client.unary('getTask', { key: keyOf(one, mine, 3) });
    expect(fresh.task).toMatchObject({ version: 3, progress: 5 });
  });

  it('answers from memory what is on its way to the views, for as long as the partition is held', async () => {
    const { client, held, log, missed, append } = query();
    append(one, [0]);
    let lease: 'yes' | 'no' = 'yes';
    for (const partition of [0, 1]) {
      const memory = new RowMemory();
      memory.writing(foldBatch(new Map(), log.log.events(partition), new Set()));
      held.add(partition, 2, { memory, isHeld: () => lease });
    }
    log.log.append(one, { type: 'TaskProgressed', attempt: 1, percent: 5 });
    const version = async (minVersion: number) =>
      (await client.unary('getTask', { key: keyOf(one, mine, minVersion) })).task?.version;
    expect(await version(0)).toBe(2);
    expect(missed).toEqual([]);
    expect(await codeOf(client.unary('getTask', { key: keyOf(one, theirs) }))).toBe(
      'TASK_NOT_FOUND',
    );
    expect(await version(3)).toBe(3);
    lease = 'no';
    expect(await version(0)).toBe(3);
  });

  it('answers no older than memory where another key of the batch asks for more', async () => {
    const { client, views, held, log, append } = query();
    append(one, [0]);
    const [partition = 0] = [0, 1].filter((each) => log.log.events(each).length > 0);
    const events = log.log.events(partition);
    const writer = { kind: 'rebuild' } as const;
    await applyBatch({ db: views.db, schema: liveSchema, writer }, events.slice(0, 1));
    const memory = new RowMemory();
    memory.writing(foldBatch(new Map(), events, new Set()));
    held.add(partition, 2, { memory, isHeld: () => 'yes' });
    log.log.append(one, { type: 'TaskProgressed', attempt: 1, percent: 5 });
    const keys = [keyOf(one, mine, 3), keyOf(one, mine)];
    const { results } = await client.unary('batchGetTasks', { keys });
    const found = results.map(({ result }) => result?.$case === 'task' && result.value.version);
    expect(found).toEqual([3, 2]);
  });

  it('takes a foreign task for an unknown one, in the views and in the log', async () => {
    const { client, append, applyAll } = query();
    append(one, [0]);
    expect(await codeOf(client.unary('getTask', { key: keyOf(one, theirs) }))).toBe(
      'TASK_NOT_FOUND',
    );
    await applyAll();
    expect(await codeOf(client.unary('getTask', { key: keyOf(one, theirs, 99) }))).toBe(
      'TASK_NOT_FOUND',
    );
    expect(await codeOf(client.unary('getTaskHistory', { key: keyOf(one, theirs) }))).toBe(
      'TASK_NOT_FOUND',
    );
    const watch = client.serverStream('watchTask', { key: keyOf(one, theirs), afterVersion: 0 });
    expect(await codeOf(collect(watch))).toBe('TASK_NOT_FOUND');
    expect((await client.unary('listTasks', { ...listOf, tenantId: theirs })).tasks).toEqual([]);
  });

  it('answers a batch in the order of its keys, misses in one call to the log', async () => {
    const { client, missed, append, applyAll } = query();
    append(one, [0]);
    await applyAll();
    append(two, []);
    append(three, [], theirs);
    const keys = [
      keyOf(two),
      keyOf(one),
      keyOf(three),
      keyOf(taskNumber(404)),
      keyOf(one),
      keyOf(three, theirs),
    ];
    const { results } = await client.unary('batchGetTasks', {
      keys: [...keys, { ...keyOf(), taskId: 'x' }],
    });
    const told = results.map(({ result }) =>
      result?.$case === 'task' ? result.value.taskId : result?.value.code,
    );
    expect(told).toEqual([two, one, 'TASK_NOT_FOUND', 'TASK_NOT_FOUND', one, three, 'INVALID_ID']);
    expect(missed).toEqual(['no_row 4']);
  });

  it('goes on answering single tasks when the views are gone', async () => {
    const { client, views, append, applyAll } = query();
    append(one, [0]);
    await applyAll();
    await sql`drop schema projection cascade`.execute(views.db);
    const { task } = await client.unary('getTask', { key: keyOf() });
    expect(task?.version).toBe(2);
    expect(await codeOf(client.unary('listTasks', listOf))).toBe('UNAVAILABLE');
    expect(await codeOf(client.unary('countTasks', { tenantId: mine, todaySince: 0n }))).toBe(
      'UNAVAILABLE',
    );
  });

  it('does not call a task unknown while the log does not answer', async () => {
    const { client, log } = query();
    await log.close();
    const call = client.unary('getTask', { key: keyOf() }, { deadlineMs: 1_500 });
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(await codeOf(call));
  });

  it("tells a task's history from the log", async () => {
    const { client, append } = query();
    append(one, [0, 4, 2]);
    const { events } = await client.unary('getTaskHistory', { key: keyOf() });
    expect(events.map(({ version, event }) => [version, event?.event?.$case])).toEqual([
      [1, 'issued'],
      [2, 'assigned'],
      [3, 'progressed'],
      [4, 'finished'],
    ]);
  });
});
