import { fileURLToPath } from 'node:url';
import { decodeEventBatch } from '@greencloud/event-log';
import { createGrpcClient } from '@greencloud/grpc';
import { migrateToLatest } from '@greencloud/postgres';
import { TaskCommandServiceClient } from '@greencloud/proto/task/v1/task_command';
import { createLogger } from '@greencloud/runtime';
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
  withPostgresServer,
} from '@greencloud/testing';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueItem } from './grpc/server-fixtures.ts';
import { createLog } from './log/create-log.ts';
import { plan } from './migrations/index.ts';
import { openPools } from './postgres/pools.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const silent = createLogger({ service: 'test', level: 'silent' });
const migrateEntry = fileURLToPath(new URL('migrate.ts', import.meta.url));

let database: TestDatabase;
let nats: TestNats;
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await withPostgres();
  nats = await withNats();
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
  await nats.close();
  await database.close();
});

function migrate(partitions: number, url = database.url) {
  const env = { GC_DATABASE_URL: url, GC_PARTITIONS: String(partitions) };
  return runProcess({ entry: migrateEntry, env });
}

async function start(replica: string, url = database.url, more = {}): Promise<TestProcess> {
  const env = {
    GC_DATABASE_URL: url,
    GC_NATS_URL: nats.url,
    GC_REPLICA: replica,
    GC_STREAM_MAX_BYTES: String(8 * 1024 * 1024),
    ...more,
  };
  const service = await startProcess({ entry: main, env });
  cleanups.push(() => service.stop());
  return service;
}

/** The log as the release before the last migration left it. */
async function migrateOneLess(): Promise<void> {
  const last = Object.keys(plan.migrations).toSorted().at(-1);
  const migrations = Object.fromEntries(
    Object.entries(plan.migrations).filter(([name]) => name !== last),
  );
  const pools = openPools(database.url, 3, silent);
  await migrateToLatest(pools.writers, { ...plan, migrations });
  await createLog(pools.writers, 1);
  await pools.close();
}

async function readiness(admin: string): Promise<string> {
  const response = await fetch(`http://${admin}/readyz`);
  return `${response.status} ${await response.text()}`;
}

async function issue(service: TestProcess, count = 1): Promise<string[]> {
  const client = createGrpcClient(TaskCommandServiceClient, service.ready.grpc ?? '');
  const tasks = Array.from({ length: count }, () => issueItem());
  const { results } = await client.unary('issueTasks', { tasks });
  client.close();
  expect(results.map(({ result }) => result?.$case)).toEqual(tasks.map(() => 'issued'));
  return tasks.map(({ taskId }) => taskId);
}

/** The positions in the stream. */
async function published(partition: number): Promise<number[]> {
  const connection = await connect({ servers: nats.url });
  try {
    const { streams } = await connection.jetstreamManager();
    const { state } = await streams.info(`EVT_${partition}`);
    const positions: number[] = [];
    for (let seq = 1; seq <= state.last_seq; seq += 1) {
      const { data } = await streams.getMessage(`EVT_${partition}`, { seq });
      positions.push(...decodeEventBatch(data).map(({ position }) => Number(position)));
    }
    return positions;
  } finally {
    await connection.close();
  }
}

async function leader(): Promise<string> {
  const { rows } = await database.pool.query(
    `select holder from task_command.relay_lease where expires_at > clock_timestamp()`,
  );
  return rows[0]?.holder ?? 'nobody';
}

describe('migrate', () => {
  it('fixes the partitions when it creates the log, and ignores another number later', async () => {
    const first = await migrate(3);
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('created the log') });
    const second = await migrate(5);
    expect(second).toMatchObject({
      code: 0,
      output: expect.stringContaining('GC_PARTITIONS is ignored'),
    });
    const { rows } = await database.pool.query(
      `select partitions, (select count(*)::int from task_command.partition_head) as heads,
       (select count(*)::int from task_command.relay_lease) as leases from task_command.log`,
    );
    expect(rows).toEqual([{ partitions: 3, heads: 3, leases: 3 }]);
  });

  it('may be run by several at once', async () => {
    const exits = await Promise.all([migrate(2), migrate(2), migrate(2)]);
    expect(exits.map(({ code, output }) => (code === 0 ? 'migrated' : output))).toEqual([
      'migrated',
      'migrated',
      'migrated',
    ]);
  });

  it('names every variable that is wrong, without its secret', async () => {
    const env = { GC_DATABASE_URL: 'mysql://u:hunter2@h/db', GC_PARTITIONS: '0' };
    const { code, output } = await runProcess({ entry: migrateEntry, env });
    expect(code).not.toBe(0);
    expect(output).toContain('GC_DATABASE_URL');
    expect(output).toContain('GC_PARTITIONS');
    expect(output).not.toContain('hunter2');
  });
});

describe('the service', () => {
  it('accepts and publishes', async () => {
    await migrate(1);
    const service = await start('a');
    await issue(service, 10);
    await eventually(async () => expect(await published(0)).toHaveLength(10));
    const metrics = await (await fetch(`${service.ready.admin}/metrics`)).text();
    expect(metrics).toContain('greencloud_relay_published_total');
    expect(metrics).toContain('greencloud_append_batch_size');
  });

  it('accepts while NATS is away, is ready, and publishes all of it later', async () => {
    await migrate(1);
    await nats.kill();
    const service = await start('a');
    await issue(service, 5);
    expect((await fetch(`${service.ready.admin}/readyz`)).status).toBe(200);
    await nats.start();
    await eventually(async () => expect(await published(0)).toHaveLength(5));
  });

  it('is not ready on an older schema than its own, until the migration is done', async () => {
    await migrateOneLess();
    const admin = `127.0.0.1:${await freePort()}`;
    const starting = start('a', database.url, { GC_ADMIN_ADDRESS: admin });
    await eventually(async () => {
      expect(await readiness(admin)).toMatch(/^503.*waits for the migration 0006-relay-replica/);
    });
    expect((await migrate(1)).code).toBe(0);
    const service = await starting;
    await issue(service);
    expect(await readiness(admin)).toMatch(/^200/);
    expect(service.output()).toMatch(/0006-relay-replica.*waiting for a migration/);
  });

  it('hands the relay to another replica when it is killed, without a hole', async () => {
    await migrate(1);
    const [a, b] = [await start('a'), await start('b')];
    await eventually(async () => expect(await leader()).not.toBe('nobody'));
    const [dying, other, next] = (await leader()) === 'a' ? [a, b, 'b'] : [b, a, 'a'];
    await issue(dying, 3);
    await issue(other, 3);
    await dying.kill('SIGKILL');
    await issue(other, 3);
    await eventually(async () => expect(await published(0)).toHaveLength(9), { timeoutMs: 15_000 });
    expect(await leader()).toBe(next);
    expect(await published(0)).toEqual(Array.from({ length: 9 }, (_, i) => i + 1));
  });

  it('gives its leases up when it is asked to stop, and starts again on its own', async () => {
    await migrate(1);
    const first = await start('a');
    await issue(first, 2);
    await eventually(async () => expect(await leader()).toBe('a'));
    expect(await first.stop()).toMatchObject({ code: 0 });
    expect(await leader()).toBe('nobody');
    const again = await start('a');
    await issue(again, 2);
    await eventually(async () => expect(await published(0)).toHaveLength(4));
  });

  it('publishes at once again after kill -9 of the only replica', async () => {
    await migrate(1);
    const first = await start('a');
    await issue(first, 2);
    await eventually(async () => expect(await published(0)).toHaveLength(2));
    await first.kill('SIGKILL');
    const again = await start('a');
    await issue(again, 2);
    // Well below the 5 s after which the dead one's lease would run out.
    await eventually(async () => expect(await published(0)).toHaveLength(4), { timeoutMs: 3_000 });
  });

  it('is not ready while Postgres is away, and loses nothing by it', async () => {
    await using server = await withPostgresServer();
    await migrate(1, server.url);
    const service = await start('a', server.url);
    await issue(service, 2);
    await server.kill();
    const ready = async () => (await fetch(`${service.ready.admin}/readyz`)).status;
    await eventually(async () => expect(await ready()).toBe(503));
    const meanwhile = issue(service, 2);
    await server.start();
    await meanwhile;
    await eventually(async () => expect(await ready()).toBe(200));
    await eventually(async () => expect(await published(0)).toHaveLength(4), { timeoutMs: 15_000 });
    await service.stop();
  });
});
