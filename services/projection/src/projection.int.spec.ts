import { fileURLToPath } from 'node:url';
import { type Bus, connectBus } from '@greencloud/bus';
import { partitionOf, type TaskEvent, type TaskId } from '@greencloud/domain';
import { taskStory } from '@greencloud/event-log/testing';
import { createGrpcClient } from '@greencloud/grpc';
import { TaskQueryServiceClient } from '@greencloud/proto/task/v1/task_query';
import {
  eventually,
  freePort,
  runProcess,
  startProcess,
  type TestDatabase,
  type TestNats,
  type TestProcess,
  withNats,
  withPostgres,
} from '@greencloud/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, keyOf, listOf } from './testing/query-calls.ts';
import { taskNumber, tenants } from './testing/stories.ts';
import { publishTo, type TestLog, withLog } from './testing/test-log.ts';
import { silent } from './testing/test-views.ts';

const [tenantId] = tenants;
const entryOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('the projection as a process', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let bus: Bus;
  let log: TestLog;
  let env: Record<string, string>;
  const processes: TestProcess[] = [];

  beforeEach(async () => {
    database = await withPostgres();
    nats = await withNats();
    log = await withLog();
    const stream = { maxBytes: 16 * 1024 * 1024 };
    bus = await connectBus({ servers: nats.url, name: 'test', logger: silent, stream });
    env = {
      GC_DATABASE_URL: database.url,
      GC_NATS_URL: nats.url,
      GC_TASK_COMMAND_ADDRESS: log.address,
      GC_LOG_LEVEL: 'warn',
    };
  });

  afterEach(async () => {
    for (const each of processes.splice(0)) await each.stop();
    await bus.close();
    await log.close();
    await nats.close();
    await database.close();
  });

  const program = (name: string, ...args: string[]) =>
    runProcess({ entry: entryOf(name), env, args });
  const migrate = () => runProcess({ entry: entryOf('migrate.ts'), env });

  async function start(replica: string, more = {}): Promise<TestProcess> {
    const started = await startProcess({
      entry: entryOf('main.ts'),
      env: { ...env, GC_REPLICA: replica, ...more },
    });
    processes.push(started);
    return started;
  }

  const append = (number: number, ...events: TaskEvent[]) =>
    log.log.append(taskNumber(number), ...events);

  async function listed({ ready }: TestProcess): Promise<Record<string, number>> {
    const client = createGrpcClient(TaskQueryServiceClient, ready.grpc ?? '');
    try {
      const { tasks } = await client.unary('listTasks', { ...listOf, tenantId, pageSize: 1_000 });
      return Object.fromEntries(tasks.map(({ taskId, version }) => [taskId, version]));
    } finally {
      client.close();
    }
  }

  async function leases(): Promise<Record<string, number>> {
    const { rows } = await database.pool.query<{ name: string; held: string }>(
      `select name, count(*) as held from projection.lease join projection.replica using (instance)
       where expires_at > clock_timestamp() group by name order by name`,
    );
    return Object.fromEntries(rows.map(({ name, held }) => [name, Number(held)]));
  }

  async function versionOf({ ready }: TestProcess, taskId: TaskId): Promise<number | undefined> {
    const client = createGrpcClient(TaskQueryServiceClient, ready.grpc ?? '');
    try {
      return (await client.unary('getTask', { key: keyOf(taskId) })).task?.version;
    } finally {
      client.close();
    }
  }

  async function readiness(admin: string | undefined): Promise<string> {
    const response = await fetch(`${admin}/readyz`);
    return `${response.status} ${await response.text()}`;
  }

  it('shows what the log holds, then what is appended, live', async () => {
    const { code, output } = await migrate();
    expect(code, output).toBe(0);
    append(1, ...taskStory([0, 4]));
    const projection = await start('a');
    await eventually(async () => {
      expect(await listed(projection)).toEqual({ [taskNumber(1)]: 3 });
    });
    await publishTo(bus, append(2, ...taskStory([0, 4, 2])));
    await eventually(async () => {
      expect(await listed(projection)).toEqual({ [taskNumber(1)]: 3, [taskNumber(2)]: 4 });
    });
    const metrics = await (await fetch(`${projection.ready.admin}/metrics`)).text();
    expect(metrics).toMatch(/greencloud_projection_events_total\S* 7/);
    expect(metrics).toContain('greencloud_projection_lag_positions');
    expect(metrics).toContain('greencloud_projection_lag_milliseconds');
    expect(await readiness(projection.ready.admin)).toMatch(/^200/);
  });

  it('goes on from its checkpoint after kill -9, and without NATS', async () => {
    await migrate();
    append(1, ...taskStory([0]));
    const first = await start('a');
    await eventually(async () => expect(await listed(first)).toEqual({ [taskNumber(1)]: 2 }));
    await first.kill('SIGKILL');
    append(2, ...taskStory([0, 4]));
    const second = await start('b');
    await eventually(async () =>
      expect(await listed(second)).toEqual({ [taskNumber(1)]: 2, [taskNumber(2)]: 3 }),
    );
    await nats.kill();
    append(3, ...taskStory([]));
    await eventually(async () =>
      expect(await listed(second)).toMatchObject({ [taskNumber(3)]: 1 }),
    );
    await nats.start();
  });

  it('shares the partitions of two replicas, and one takes over from the other', async () => {
    await migrate();
    const a = await start('a');
    await eventually(async () => expect(await leases()).toEqual({ a: 2 }));
    const b = await start('b');
    await eventually(async () => expect(await leases()).toEqual({ a: 1, b: 1 }));
    for (let number = 0; number < 20; number++) append(number, ...taskStory([0, 4, 2]));
    await eventually(async () => expect(Object.values(await listed(b))).toHaveLength(20));
    await a.kill('SIGKILL');
    await eventually(async () => expect(await leases()).toEqual({ b: 2 }), { timeoutMs: 15_000 });
    for (let number = 20; number < 40; number++) append(number, ...taskStory([]));
    await eventually(async () => expect(Object.values(await listed(b))).toHaveLength(40));
    expect((await b.stop()).code).toBe(0);
    expect(await leases()).toEqual({});
  });

  it('says that its views are gone, serves from the log, and works again after the rebuild', async () => {
    await migrate();
    for (let number = 0; number < 50; number++) append(number, ...taskStory([0, 4, number]));
    const projection = await start('a');
    await eventually(async () => expect(Object.values(await listed(projection))).toHaveLength(50));
    const before = await listed(projection);

    await database.pool.query('drop schema projection cascade');
    await eventually(() => {
      expect(projection.output()).toContain('the schema of the views is missing: run the rebuild');
    });
    expect(await codeOf(listed(projection))).toBe('UNAVAILABLE');
    expect(await versionOf(projection, taskNumber(7))).toBe(before[taskNumber(7)]);
    // Not ready, all replicas would be out of the edge's sight, and single tasks with them.
    expect(await readiness(projection.ready.admin)).toMatch(/^200/);

    const rebuilt = await runProcess({ entry: entryOf('rebuild.ts'), env });
    expect(rebuilt.code, rebuilt.output).toBe(0);
    expect(rebuilt.output).toMatch(/rebuild: built \d+ of \d+ events, \d+ events\/s/);
    expect(rebuilt.output).toContain('rebuild: switched in');
    expect(await listed(projection)).toEqual(before);
    await publishTo(bus, append(99, ...taskStory([])));
    await eventually(async () =>
      expect(await listed(projection)).toEqual({ ...before, [taskNumber(99)]: 1 }),
    );
    // Three processes, one after the other.
  }, 60_000);

  it('is not ready before its last migration, and says so', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const starting = start('a', { GC_ADMIN_ADDRESS: address });
    await eventually(async () => {
      expect(await readiness(`http://${address}`)).toMatch(/^503.*0004-lease-holder/);
    });
    await migrate();
    append(1, ...taskStory([]));
    const projection = await starting;
    await eventually(async () => expect(await listed(projection)).toEqual({ [taskNumber(1)]: 1 }));
  });

  it('starts and follows the log while NATS is away', async () => {
    await migrate();
    await nats.stop();
    append(1, ...taskStory([0]));
    const projection = await start('a');
    await eventually(async () => expect(await listed(projection)).toEqual({ [taskNumber(1)]: 2 }));
    expect(await readiness(projection.ready.admin)).toMatch(/^200/);
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    await publishTo(bus, append(2, ...taskStory([])));
    await eventually(async () =>
      expect(await listed(projection)).toMatchObject({ [taskNumber(2)]: 1 }),
    );
  });

  it('names every bad variable and ends', async () => {
    const { code, output } = await runProcess({
      entry: entryOf('main.ts'),
      env: { GC_NATS_URL: 'http://x', GC_TASK_COMMAND_ADDRESS: 'nowhere' },
    });
    expect(code).not.toBe(0);
    for (const name of ['GC_DATABASE_URL', 'GC_NATS_URL', 'GC_TASK_COMMAND_ADDRESS']) {
      expect(output).toContain(name);
    }
  });

  it('shows a parked task after its replay, and goes on with it', async () => {
    expect((await migrate()).code).toBe(0);
    append(1, ...taskStory([0, 4]));
    await database.pool.query(
      `insert into projection.parked_task (task_id, partition, position, version, reason)
       values ($1, $2, 1, 1, 'an older release')`,
      [taskNumber(1), partitionOf(taskNumber(1), 2)],
    );
    const projection = await start('a');
    append(2, ...taskStory([0, 4]));
    await eventually(async () => {
      expect(await listed(projection)).toEqual({ [taskNumber(2)]: 3 });
    });
    expect(await program('compare.ts')).toMatchObject({ code: 1 });
    expect(await program('replay.ts', '--all')).toMatchObject({ code: 0 });
    append(1, { type: 'TaskProgressed', attempt: 1, percent: 100 });
    await eventually(async () => {
      expect(await listed(projection)).toEqual({ [taskNumber(1)]: 4, [taskNumber(2)]: 3 });
    });
    expect(await program('compare.ts')).toMatchObject({ code: 0 });
    // Seven processes, one after the other.
  }, 120_000);

  it.each([
    ['replay.ts', [], 'give one task id, or --all'],
    ['replay.ts', ['xyz'], 'A task id must be 24 hexadecimal characters'],
    ['replay.ts', ['--al'], "Unknown option '--al'"],
    ['compare.ts', ['now'], "Unexpected argument 'now'"],
    ['rebuild.ts', ['--all'], "Unknown option '--all'"],
  ])('%s with %j begins nothing and says how it is used', async (name, args, line) => {
    const { code, output } = await program(name, ...args);
    expect(code).toBe(2);
    expect(output).toContain(line);
    expect(output).toContain(`usage: ${name.slice(0, -'.ts'.length)}`);
    expect(output).not.toContain('    at ');
  });
});
