import { connectBus, type Bus } from '@greencloud/bus';
import { DomainError } from '@greencloud/domain';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import { taskStory } from '@greencloud/event-log/testing';
import {
  createGrpcClient,
  type GrpcClient,
  type GrpcServer,
  startGrpcServer,
} from '@greencloud/grpc';
import { TaskOutcome, TaskState } from '@greencloud/proto/task/v1/task';
import {
  type ListTasksRequest,
  TaskQueryServiceClient,
  type TaskQueryServiceService,
} from '@greencloud/proto/task/v1/task_query';
import { createHealth } from '@greencloud/runtime';
import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { RowMemory } from '../apply/row-memory.ts';
import { HeldRows } from '../follow/held-rows.ts';
import { liveSchema } from '../postgres/database.ts';
import { createPartitionCount } from '../query/partition-count.ts';
import { taskNumber, tenants } from '../testing/stories.ts';
import { foldBatch } from '../view/fold-batch.ts';
import { publishTo, type TestLog, withLog } from '../testing/test-log.ts';
import { silent, type TestViews, withViews } from '../testing/test-views.ts';
import { taskQueryService } from './task-query-service.ts';
import { createWatchLimit } from './watch-limit.ts';

const [mine, theirs] = tenants;
const [one, two, three] = [1, 2, 3].map(taskNumber);
const listOf: ListTasksRequest = {
  tenantId: mine,
  pageSize: 0,
  pageToken: '',
  state: TaskState.TASK_STATE_UNSPECIFIED,
  outcome: TaskOutcome.TASK_OUTCOME_UNSPECIFIED,
  lambdaId: '',
  nodeId: '',
  issuedAfter: 0n,
  issuedBefore: 0n,
  oldestFirst: false,
};

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('TaskQueryService', () => {
  let nats: TestNats;
  let bus: Bus;
  let views: TestViews;
  let held: HeldRows;
  let log: TestLog;
  let reader: LogReader;
  let server: GrpcServer;
  let client: GrpcClient<TaskQueryServiceService>;
  let missed: string[];
  const watches = createWatchLimit(2);

  beforeAll(async () => {
    nats = await withNats();
    const stream = { maxBytes: 16 * 1024 * 1024 };
    bus = await connectBus({ servers: nats.url, name: 'test', logger: silent, stream });
  });
  afterAll(async () => {
    await bus.close();
    await nats.close();
  });

  beforeEach(async () => {
    views = await withViews(2);
    log = await withLog();
    reader = createLogReader(log.address);
    missed = [];
    const health = createHealth();
    const metrics = { missed: (why: string, keys: number) => void missed.push(`${why} ${keys}`) };
    const partitionCount = createPartitionCount(reader);
    const dbs = { db: views.db, byId: views.db };
    held = new HeldRows();
    const ports = { ...dbs, held, reader, bus, metrics, logger: silent, partitionCount, watches };
    server = await startGrpcServer({
      address: '127.0.0.1:0',
      services: [taskQueryService(ports)],
      logger: silent,
      health,
    });
    client = createGrpcClient(TaskQueryServiceClient, server.address);
  });
  afterEach(async () => {
    client.close();
    await server.close();
    reader.close();
    await log.close();
    await views.close();
  });

  const append = (task: typeof one, choices: number[], tenant = mine) =>
    log.log.append(task ?? taskNumber(0), ...taskStory(choices, tenant));
  const keyOf = (taskId = one, tenantId: string = mine, minVersion = 0) => ({
    taskId: taskId ?? '',
    tenantId,
    minVersion,
  });
  const codeOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof DomainError ? error.code : error;
  };
  const applyAll = async () => {
    for (const partition of [0, 1]) {
      const events = log.log.events(partition);
      if (events.length === 0) continue;
      await applyBatch({ db: views.db, schema: liveSchema, writer: { kind: 'rebuild' } }, events);
    }
  };

  it('answers a task from the views', async () => {
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
    append(one, [0]);
    const { task } = await client.unary('getTask', { key: keyOf() });
    expect(task).toMatchObject({ state: TaskState.TASK_STATE_ASSIGNED, version: 2 });
  });

  it('answers from the log when the views are older than asked for', async () => {
    append(one, [0]);
    await applyAll();
    log.log.append(one ?? taskNumber(1), { type: 'TaskProgressed', attempt: 1, percent: 5 });
    const old = await client.unary('getTask', { key: keyOf() });
    expect(old.task?.version).toBe(2);
    const fresh = await client.unary('getTask', { key: keyOf(one, mine, 3) });
    expect(fresh.task).toMatchObject({ version: 3, progress: 5 });
  });

  it('answers from memory what is on its way to the views, for as long as the partition is held', async () => {
    append(one, [0]);
    let lease: 'yes' | 'no' = 'yes';
    for (const partition of [0, 1]) {
      const memory = new RowMemory();
      memory.writing(foldBatch(new Map(), log.log.events(partition), new Set()));
      held.add(partition, 2, { memory, isHeld: () => lease });
    }
    log.log.append(one ?? taskNumber(1), { type: 'TaskProgressed', attempt: 1, percent: 5 });
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
    append(one, [0]);
    const [partition = 0] = [0, 1].filter((each) => log.log.events(each).length > 0);
    const events = log.log.events(partition);
    const writer = { kind: 'rebuild' } as const;
    await applyBatch({ db: views.db, schema: liveSchema, writer }, events.slice(0, 1));
    const memory = new RowMemory();
    memory.writing(foldBatch(new Map(), events, new Set()));
    held.add(partition, 2, { memory, isHeld: () => 'yes' });
    log.log.append(one ?? taskNumber(1), { type: 'TaskProgressed', attempt: 1, percent: 5 });
    const keys = [keyOf(one, mine, 3), keyOf(one, mine)];
    const { results } = await client.unary('batchGetTasks', { keys });
    const found = results.map(({ result }) => result?.$case === 'task' && result.value.version);
    expect(found).toEqual([3, 2]);
  });

  it('takes a foreign task for an unknown one, in the views and in the log', async () => {
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
    await log.close();
    const call = client.unary('getTask', { key: keyOf() }, { deadlineMs: 1_500 });
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(await codeOf(call));
  });

  it('lists in pages of 100, and makes larger ones than 1,000 smaller', async () => {
    for (let number = 10; number < 130; number++) append(taskNumber(number), []);
    await applyAll();
    const first = await client.unary('listTasks', listOf);
    expect(first.tasks).toHaveLength(100);
    const pageToken = first.nextPageToken;
    const second = await client.unary('listTasks', { ...listOf, pageToken });
    expect(second.tasks).toHaveLength(20);
    expect(second.nextPageToken).toBe('');
    const all = await client.unary('listTasks', { ...listOf, pageSize: 5_000 });
    expect(all.tasks).toHaveLength(120);
    expect(
      await codeOf(client.unary('listTasks', { ...listOf, tenantId: theirs, pageToken })),
    ).toBe('INVALID_CURSOR');
  });

  it.each<[string, Partial<ListTasksRequest>]>([
    ['a lambda id', { lambdaId: 'x' }],
    ['a node id', { nodeId: 'x' }],
    ['a state', { state: 77 as never }],
    ['an outcome', { outcome: 77 as never }],
    ['a time', { issuedAfter: -1n }],
    ['a tenant', { tenantId: '' }],
  ])('refuses %s that is none', async (_, wrong) => {
    const code = await codeOf(client.unary('listTasks', { ...listOf, ...wrong }));
    expect(['INVALID_ID', 'INVALID_PARAMETER', 'NEEDS_LOGIN']).toContain(code);
  });

  it("counts a tenant's tasks", async () => {
    append(one, [0, 4, 2]);
    append(two, [0, 4]);
    append(three, [], theirs);
    await applyAll();
    const counts = await client.unary('countTasks', { tenantId: mine, todaySince: 0n });
    expect(counts).toEqual({ pending: 0n, running: 1n, issuedToday: 2n, finished: 1n });
  });

  it("tells a task's history from the log", async () => {
    append(one, [0, 4, 2]);
    const { events } = await client.unary('getTaskHistory', { key: keyOf() });
    expect(events.map(({ version, event }) => [version, event?.event?.$case])).toEqual([
      [1, 'issued'],
      [2, 'assigned'],
      [3, 'progressed'],
      [4, 'finished'],
    ]);
  });

  it('watches: the history after a version, then live, to the finish', async () => {
    const [issued, assigned, progressed, finished] = taskStory([0, 4, 2], mine);
    if (!issued || !assigned || !progressed || !finished || !one) throw new Error('no story');
    log.log.append(one, issued, assigned);
    const seen: number[] = [];
    const watching = (async () => {
      const request = { key: keyOf(), afterVersion: 1 };
      for await (const { event } of client.serverStream('watchTask', request)) {
        seen.push(event?.version ?? 0);
      }
    })();
    await eventually(() => seen.length === 1);
    await publishTo(bus, log.log.append(one, progressed));
    await eventually(() => seen.length === 2);
    await publishTo(bus, log.log.append(one, finished));
    await watching;
    expect(seen).toEqual([2, 3, 4]);
    expect(watches.open).toBe(0);
  });

  it('fills what NATS lost before a live event from the log', async () => {
    const [issued, assigned, progressed, finished] = taskStory([0, 4, 2], mine);
    if (!issued || !assigned || !progressed || !finished || !one) throw new Error('no story');
    log.log.append(one, issued);
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { event } of client.serverStream('watchTask', {
        key: keyOf(),
        afterVersion: 0,
      })) {
        seen.push(event?.version ?? 0);
      }
    })();
    await eventually(() => seen.length === 1);
    log.log.append(one, assigned, progressed);
    await publishTo(bus, log.log.append(one, finished));
    await watching;
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('ends a watch at once when the finish was seen already', async () => {
    append(one, [0, 4, 2]);
    const watch = client.serverStream('watchTask', { key: keyOf(), afterVersion: 4 });
    expect(await collect(watch)).toEqual([]);
  });

  it('gives back the place of a watch that is cancelled, and refuses one too many', async () => {
    append(one, [0]);
    const endings: AbortController[] = [];
    const open = () => {
      const ending = new AbortController();
      endings.push(ending);
      const call = { signal: ending.signal };
      return collect(client.serverStream('watchTask', { key: keyOf(), afterVersion: 0 }, call));
    };
    const watching = Promise.allSettled([open(), open()]);
    await eventually(() => watches.open === 2);
    expect(await codeOf(open())).toBe('OVERLOADED');
    for (const ending of endings) ending.abort();
    await watching;
    await eventually(() => watches.open === 0);
  });
});
