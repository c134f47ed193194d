import { partitionOf, type TaskId } from '@greencloud/domain';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, newTaskId, openLog } from '../log/log-fixtures.ts';
import { readStreams } from '../log/read-streams.ts';
import type { Db } from '../postgres/database.ts';
import {
  assign,
  assignedTask,
  cancel,
  finish,
  issueTask,
  progress,
  release,
  replica,
  request,
} from './append-fixtures.ts';

const partitions = 4;
let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await withPostgres();
  db = await openLog(database.url, partitions);
});
afterAll(async () => {
  await db.destroy();
  await database.close();
});

async function typesOf(taskId: TaskId): Promise<string[]> {
  const partition = partitionOf(taskId, partitions);
  const streams = await readStreams(db, [{ partition, taskId }]);
  return (streams.get(taskId) ?? []).map(({ type }) => type);
}

describe('a command', () => {
  it('is answered with its version once it is in the log', async () => {
    const here = replica(db, partitions);
    const taskId = newTaskId();
    const answer = await here.submit(request(taskId, issueTask));
    expect(answer).toMatchObject({ kind: 'appended', taskId, version: 1 });
    expect(await typesOf(taskId)).toEqual(['TaskIssued']);
    expect(here.committed).toMatchObject([{ taskId, version: 1, type: 'TaskIssued' }]);
  });

  it('sent again answers the same, from any replica, and appends nothing', async () => {
    const [here, there] = [replica(db, partitions), replica(db, partitions)];
    const taskId = await assignedTask(here);
    const finishing = request(taskId, finish(1));
    const first = await here.submit(finishing);
    expect(await here.submit(finishing)).toEqual(first);
    expect(await there.submit(finishing)).toEqual(first);
    expect(await typesOf(taskId)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskFinished']);
  });

  it('sent twice at once has one effect', async () => {
    const here = replica(db, partitions);
    const taskId = await assignedTask(here);
    const finishing = request(taskId, finish(1));
    const [first, second] = await Promise.all([here.submit(finishing), here.submit(finishing)]);
    expect(second).toEqual(first);
    expect(await typesOf(taskId)).toHaveLength(3);
  });

  it('of one task after another in a batch is decided in order', async () => {
    const here = replica(db, partitions);
    const taskId = newTaskId();
    const commands = [issueTask, assign(1), progress(1, 0), progress(1, 50), finish(1)];
    const answers = await Promise.all(
      commands.map((command) => here.submit(request(taskId, command))),
    );
    expect(answers.map((answer) => answer.version)).toEqual([1, 2, 3, 4, 5]);
    expect(here.committed.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  it('that changes nothing answers the version', async () => {
    const here = replica(db, partitions);
    const taskId = await assignedTask(here);
    await here.submit(request(taskId, progress(1, 40)));
    const answer = await here.submit(request(taskId, progress(1, 40)));
    expect(answer).toEqual({ kind: 'unchanged', version: 3 });
  });

  it('that changes nothing is answered in its place, before the finish behind it', async () => {
    const here = replica(db, partitions);
    const taskId = await assignedTask(here);
    const answers = await Promise.all(
      [progress(1, 40), progress(1, 40), progress(1, 30), finish(1)].map((command) =>
        here.submit(request(taskId, command)),
      ),
    );
    expect(answers).toMatchObject([
      { kind: 'appended', version: 3 },
      { kind: 'unchanged', version: 3 },
      { kind: 'unchanged', version: 3 },
      { kind: 'appended', version: 4 },
    ]);
  });

  it('that would change nothing only for a stale cache is decided on the log', async () => {
    const [here, there] = [replica(db, partitions), replica(db, partitions)];
    const taskId = await assignedTask(here);
    await here.submit(request(taskId, progress(1, 40)));
    await there.submit(request(taskId, release(1)));
    const stale = here.submit(request(taskId, progress(1, 40)));
    await expect(stale).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('past its deadline is not carried out', async () => {
    const here = replica(db, partitions);
    const late = here.submit(request(newTaskId(), issueTask, { deadline: Date.now() - 1 }));
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });
});

describe('a refusal', () => {
  it('never rests on what another replica has changed meanwhile', async () => {
    const [here, there] = [replica(db, partitions), replica(db, partitions)];
    const taskId = newTaskId();
    await here.submit(request(taskId, issueTask));
    await there.submit(request(taskId, assign(1)));
    // For this replica's cache the task still waits, which would refuse progress as FENCED.
    expect(await here.submit(request(taskId, progress(1, 10)))).toMatchObject({ version: 3 });
  });

  it('tells a fenced attempt from the present one', async () => {
    const [here, there] = [replica(db, partitions), replica(db, partitions)];
    const taskId = await assignedTask(here);
    await there.submit(request(taskId, release(1)));
    await there.submit(request(taskId, assign(3)));
    const stale = here.submit(request(taskId, finish(1)));
    await expect(stale).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('of one command leaves the others of its batch', async () => {
    const here = replica(db, partitions);
    const taskId = newTaskId();
    const settled = await Promise.allSettled(
      [issueTask, finish(1), assign(1), assign(1), cancel].map((command) =>
        here.submit(request(taskId, command)),
      ),
    );
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await typesOf(taskId)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskFinished']);
  });

  it('names a task id that is taken', async () => {
    const here = replica(db, partitions);
    const taskId = newTaskId();
    await here.submit(request(taskId, issueTask));
    const again = replica(db, partitions).submit(request(taskId, issueTask));
    await expect(again).rejects.toMatchObject({ code: 'TASK_ALREADY_ISSUED' });
  });

  it('binds a task to one of two replicas that see the same version', async () => {
    const [here, there] = [replica(db, partitions), replica(db, partitions)];
    const taskId = newTaskId();
    await here.submit(request(taskId, issueTask));
    const settled = await Promise.allSettled(
      [here, there].map((one) => one.submit(request(taskId, assign(1)))),
    );
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'CONFLICT' } }]);
  });
});

describe('an idempotency key', () => {
  const idempotency = { key: 'k', requestHash: Buffer.alloc(32, 7) };

  it('issues one task over two replicas at any concurrency', async () => {
    const other = connect(database.url);
    const [here, there] = [replica(db, partitions), replica(other, partitions)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? here : there).submit(request(newTaskId(), issueTask, { idempotency })),
      ),
    );
    const tasks = answers.flatMap((answer) => (answer.kind === 'unchanged' ? [] : [answer.taskId]));
    expect(tasks).toHaveLength(40);
    expect(new Set(tasks).size).toBe(1);
    expect(answers.filter((answer) => answer.kind === 'appended')).toHaveLength(1);
    await other.destroy();
  });

  it('is no replay for the command that has issued its task', async () => {
    const key = { ...idempotency, key: 'own' };
    const issuing = request(newTaskId(), issueTask, { idempotency: key });
    const first = await replica(db, partitions).submit(issuing);
    const second = await replica(db, partitions).submit(issuing);
    expect([first.kind, second]).toEqual(['appended', expect.objectContaining(first)]);
  });

  it('is refused to another body', async () => {
    const key = { ...idempotency, key: 'reused' };
    const here = replica(db, partitions);
    await here.submit(request(newTaskId(), issueTask, { idempotency: key }));
    const reused = here.submit(
      request(newTaskId(), issueTask, { idempotency: { ...key, requestHash: Buffer.alloc(32) } }),
    );
    await expect(reused).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('a full queue', () => {
  it('refuses more commands as OVERLOADED', async () => {
    const here = replica(db, partitions, { maxWaiting: 1 });
    const taskIds = Array.from({ length: 20 }, newTaskId);
    const settled = await Promise.allSettled(
      taskIds.map((taskId) => here.submit(request(taskId, issueTask))),
    );
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(['OVERLOADED']));
    const [partition] = taskIds.map((taskId) => partitionOf(taskId, partitions));
    expect(here.committed.some((event) => event.partition === partition)).toBe(true);
  });

  it('refuses more bytes as OVERLOADED', async () => {
    const here = replica(db, partitions, { maxBytes: 1_000 });
    const content = { contentType: 'text/plain', body: Buffer.alloc(1_000) };
    const large = here.submit(request(newTaskId(), issueTask, { content }));
    await expect(large).rejects.toMatchObject({ code: 'OVERLOADED' });
    await here.submit(request(newTaskId(), issueTask));
  });

  it('drains: what was taken is answered, the rest is not taken', async () => {
    const here = replica(db, partitions);
    const taken = here.submit(request(newTaskId(), issueTask));
    await here.drain();
    expect(await taken).toMatchObject({ version: 1 });
    const after = here.submit(request(newTaskId(), issueTask));
    await expect(after).rejects.toThrow('closed');
  });
});

it('keeps the payload beside the event and says so', async () => {
  const here = replica(db, partitions);
  const taskId = newTaskId();
  const content = { contentType: 'text/plain', body: Buffer.from('payload') };
  const payload = { size: 7, contentType: 'text/plain', hash: '00'.repeat(32) };
  const command = { ...issueTask, payload } as typeof issueTask;
  await here.submit(request(taskId, command, { content }));
  const bound = await here.submit(request(taskId, assign(1)));
  expect(bound).toMatchObject({ kind: 'appended', payload: 'kept' });
});
