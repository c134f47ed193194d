import { parseTaskId, partitionOf, type TaskId, type TenantId } from '@greencloud/domain';
import type { OpenTasks, RecordedEvent } from '@greencloud/event-log';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTaskId, openLog, tenant } from '../log/log-fixtures.ts';
import {
  assignItem,
  finished,
  issueItem,
  reportItem,
  serve,
  type TestReplica,
} from './server-fixtures.ts';

const partitions = 4;
let database: TestDatabase;
let here: TestReplica;
beforeAll(async () => {
  database = await withPostgres();
  const db = await openLog(database.url, partitions);
  await db.destroy();
  here = await serve(database.url, partitions);
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await database.close();
});

/** New ids of one partition, so that tests do not meet. */
function idsIn(partition: number, count: number): TaskId[] {
  const ids: TaskId[] = [];
  while (ids.length < count) {
    const id = newTaskId();
    if (partitionOf(id, partitions) === partition) ids.push(id);
  }
  return ids;
}

async function issue(ids: readonly TaskId[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 1_000) {
    const tasks = ids.slice(from, from + 1_000).map((taskId) => issueItem({ taskId }));
    await here.commands.unary('issueTasks', { tasks });
  }
}

async function finishWith(taskId: TaskId, body: Buffer): Promise<void> {
  await here.commands.unary('assignTasks', { tasks: [assignItem(taskId)] });
  const result = { contentType: 'text/plain', body };
  await here.commands.unary('reportTasks', { reports: [reportItem(taskId, finished({ result }))] });
}

async function read(partition: number, after: bigint, upTo?: bigint): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const batches = here.log.readPartition(partition, after, upTo === undefined ? {} : { upTo });
  for await (const batch of batches) events.push(...batch);
  return events;
}

describe('readPartition', () => {
  it('gives every event once, in order, over several batches', async () => {
    const ids = idsIn(0, 1_201);
    await issue(ids);
    const events = await read(0, 0n);
    expect(events.map(({ position }) => position)).toEqual(
      ids.map((_, index) => BigInt(index + 1)),
    );
    expect(new Set(events.map(({ taskId }) => taskId))).toEqual(new Set(ids));
    expect(events[0]).toMatchObject({ partition: 0, version: 1, tenantId: tenant });
    expect(Math.abs(Date.now() - (events[0]?.recordedAt ?? 0))).toBeLessThan(60_000);
  });

  it('gives the range that was asked for, and nothing past the head', async () => {
    const positions = async (after: bigint, upTo?: bigint) =>
      (await read(0, after, upTo)).map(({ position }) => position);
    expect(await positions(3n, 5n)).toEqual([4n, 5n]);
    expect(await positions(1_199n, 9_999n)).toEqual([1_200n, 1_201n]);
    expect(await positions(1_201n)).toEqual([]);
    expect(await positions(2n ** 64n - 1n)).toEqual([]);
  });

  it('ends at the head as it was at the call', async () => {
    await issue(idsIn(1, 600));
    const batches = here.log.readPartition(1, 0n)[Symbol.asyncIterator]();
    const first = await batches.next();
    await issue(idsIn(1, 600));
    let count = first.done === true ? 0 : first.value.length;
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
      count += next.value.length;
    }
    expect(count).toBe(600);
  });

  it('refuses a partition that the log does not have', async () => {
    await expect(read(partitions, 0n)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    await expect(read(2 ** 32 - 1, 0n)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
  });
});

it('tells the partitions and their heads', async () => {
  const { heads } = await here.log.getLog();
  expect(heads).toHaveLength(partitions);
  expect(heads[0]).toBe(BigInt((await read(0, 0n)).length));
});

it('reads whole streams, each once, and none for an unknown task', async () => {
  const [known, other] = idsIn(2, 2);
  if (known === undefined || other === undefined) throw new Error('no ids');
  await issue([known, other]);
  await here.commands.unary('assignTasks', { tasks: [assignItem(known)] });
  const asked = [known, parseTaskId(known.toUpperCase()), other, newTaskId()];
  const streams = await here.log.readTasks(asked);
  expect(streams.get(known)?.map(({ version }) => version)).toEqual([1, 2]);
  expect(streams.size).toBe(2);
});

async function openTasks(partition: number): Promise<OpenTasks[]> {
  const pages: OpenTasks[] = [];
  for await (const page of here.log.listOpenTasks(partition)) pages.push(page);
  return pages;
}

describe('listOpenTasks', () => {
  it('gives the streams of tasks without a finish, as of one position', async () => {
    const ids = idsIn(3, 601);
    await issue(ids);
    const [ended, held] = ids;
    if (ended === undefined || held === undefined) throw new Error('no ids');
    await finishWith(ended, Buffer.from('x'));
    await here.commands.unary('assignTasks', { tasks: [assignItem(held)] });
    const pages = await openTasks(3);
    const streams = pages.flatMap((page) => page.streams);
    expect(pages.length).toBeGreaterThan(1);
    expect(new Set(pages.map(({ asOf }) => asOf))).toEqual(new Set([604n]));
    const listed = streams.map((events) => events[0]?.taskId);
    expect(listed).toHaveLength(600);
    expect(new Set(listed)).toEqual(new Set(ids.filter((id) => id !== ended)));
    expect(streams.find((events) => events[0]?.taskId === held)).toHaveLength(2);
  });

  it('holds its snapshot while tasks finish under it', async () => {
    const pages = here.log.listOpenTasks(3)[Symbol.asyncIterator]();
    const first = await pages.next();
    if (first.done === true) throw new Error('no page');
    const open = (await read(3, 0n)).map(({ taskId }) => taskId);
    await Promise.all(
      [...new Set(open)].slice(1).map((taskId) =>
        here.commands.unary('cancelTasks', {
          tasks: [{ taskId, commandId: crypto.randomUUID(), tenantId: tenant }],
        }),
      ),
    );
    let count = first.value.streams.length;
    for (let next = await pages.next(); next.done !== true; next = await pages.next()) {
      expect(next.value.asOf).toBe(first.value.asOf);
      count += next.value.streams.length;
    }
    expect(count).toBe(600);
  });

  it('answers one empty message when nothing is open', async () => {
    const pages = await openTasks(3);
    expect(pages).toEqual([{ asOf: 1_204n, streams: [] }]);
  });

  it('leaves no snapshot behind when its reader goes away', async () => {
    for await (const page of here.log.listOpenTasks(0)) {
      expect(page.streams.length).toBeGreaterThan(0);
      break;
    }
    await expect
      .poll(async () => {
        const { rows } = await database.pool.query(
          `select count(*)::int as n from pg_stat_activity
           where datname = current_database() and state like 'idle in transaction%'`,
        );
        return rows[0].n as number;
      })
      .toBe(0);
  });
});

describe('results', () => {
  it('are for their tenant only', async () => {
    const [taskId] = idsIn(2, 1);
    if (taskId === undefined) throw new Error('no id');
    await issue([taskId]);
    await finishWith(taskId, Buffer.from('mine'));
    const found = await here.log.getResults([
      { tenantId: tenant, taskId },
      { tenantId: 'someone-else' as TenantId, taskId },
      { tenantId: tenant, taskId: newTaskId() },
      { tenantId: tenant, taskId },
    ]);
    const mine = { contentType: 'text/plain', body: Buffer.from('mine') };
    expect(found).toEqual([mine, undefined, undefined, mine]);
  });

  it('are refused past 32 MiB at once, and come in smaller calls', async () => {
    const ids = idsIn(2, 33);
    await issue(ids);
    for (const taskId of ids) await finishWith(taskId, Buffer.alloc(1024 * 1024, taskId));
    const keys = ids.map((taskId) => ({ tenantId: tenant, taskId }));
    const tooMany = here.log.getResults(keys);
    await expect(tooMany).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    const bodies = await here.log.getResults(keys.slice(0, 32));
    expect(bodies.map((content) => content?.body.length)).toEqual(Array(32).fill(1024 * 1024));
  });
});

it('has no payload where none was given', async () => {
  const [taskId] = idsIn(2, 1);
  if (taskId === undefined) throw new Error('no id');
  await issue([taskId]);
  expect(await here.log.getPayload(taskId)).toBeUndefined();
});

it('answers UNAVAILABLE while its database is away', async () => {
  await using away = await serve('postgres://nobody:secret@127.0.0.1:1/none', partitions);
  await expect(away.log.readTasks([newTaskId()], { deadlineMs: 3_000 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});
