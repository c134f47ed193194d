import { randomUUID } from 'node:crypto';
import { cp, rename } from 'node:fs/promises';
import { connectBus } from '@greencloud/bus';
import { decodeRecordedEvent } from '@greencloud/event-log';
import { createMetrics } from '@greencloud/runtime';
import {
  eventually,
  type TestDatabase,
  type TestNats,
  withNats,
  withPostgres,
} from '@greencloud/testing';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  assign,
  finish,
  issueTask,
  progress,
  replica,
  request,
} from '../append/append-fixtures.ts';
import { connect as connectDb, newTaskId, openLog, silent } from '../log/log-fixtures.ts';
import { readHead } from '../log/read-head.ts';
import type { Db } from '../postgres/database.ts';
import { createRelayMetrics } from './relay-metrics.ts';
import { startRelay } from './relay.ts';

interface Message {
  readonly sequence: number;
  readonly id: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** Unix ms of the server. */
  readonly at: number;
}

let database: TestDatabase;
let db: Db;
let nats: TestNats;
const cleanups: (() => Promise<void>)[] = [];
beforeEach(async () => {
  database = await withPostgres();
  db = await openLog(database.url, 1);
  nats = await withNats();
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
  await db.destroy();
  await nats.close();
  await database.close();
});

/** A replica that accepts and relays. */
async function relaying(name: string, partitions = 1) {
  const own = connectDb(database.url);
  const bus = await connectBus({ servers: nats.url, name, logger: silent });
  const metrics = createMetrics('test');
  const relay = startRelay({
    db: own,
    bus,
    self: { id: randomUUID(), name },
    partitions,
    logger: silent,
    metrics: createRelayMetrics(metrics),
  });
  const appender = replica(own, partitions, {
    onCommitted: (partition, events) => relay.committed(partition, events),
  });
  const stop = async () => {
    await relay.stop();
    await bus.close();
    await own.destroy();
  };
  let state: 'running' | 'stopped' = 'running';
  const once = async () => {
    if (state === 'running') await stop();
    state = 'stopped';
  };
  cleanups.push(once);
  return { appender, stop: once, scrape: () => metrics.scrape() };
}

type Replica = Awaited<ReturnType<typeof relaying>>;

async function wholeTask({ appender }: Replica): Promise<void> {
  const taskId = newTaskId();
  for (const command of [issueTask, assign(1), progress(1, 0), finish(1)]) {
    await appender.submit(request(taskId, command));
  }
}

async function jetStream(): Promise<{ connection: NatsConnection; jsm: JetStreamManager }> {
  const connection = await connect({ servers: nats.url });
  cleanups.push(() => connection.close());
  return { connection, jsm: await connection.jetstreamManager() };
}

async function messages(jsm: JetStreamManager, partition = 0): Promise<Message[]> {
  const stream = `EVT_${partition}`;
  const { state } = await jsm.streams.info(stream);
  const found: Message[] = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq += 1) {
    const { header, subject, data, time } = await jsm.streams.getMessage(stream, { seq });
    const id = header.get('Nats-Msg-Id');
    found.push({ sequence: seq, id, subject, bytes: data, at: time.getTime() });
  }
  return found;
}

/** The stream ends where the log does, and what it holds is contiguous and each event once. */
async function streamHolds(from: bigint, partition = 0): Promise<Message[]> {
  const { connection, jsm } = await jetStream();
  const head = await readHead(db, partition);
  const found = await eventually(async () => {
    const now = await messages(jsm, partition);
    expect(now.at(-1)?.id).toBe(`${partition}:${head}`);
    return now;
  });
  const ids: string[] = [];
  for (let position = from; position <= head; position += 1n) ids.push(`${partition}:${position}`);
  expect(found.map(({ id }) => id)).toEqual(ids);
  await connection.close();
  return found;
}

it('publishes what is committed, in order, with the bytes and ids of the log', async () => {
  const here = await relaying('a');
  await Promise.all(Array.from({ length: 20 }, () => wholeTask(here)));
  const found = await streamHolds(1n);
  expect(found).toHaveLength(80);
  for (const [index, { bytes, subject }] of found.entries()) {
    const event = decodeRecordedEvent(bytes);
    expect(event.position).toBe(BigInt(index + 1));
    expect(subject).toBe(`evt.0.${event.taskId}.${event.event.type}`);
  }
  expect(await here.scrape()).toMatch(/greencloud_relay_published_total\S* 80/);
  expect(await here.scrape()).toMatch(/greencloud_relay_lag\S* 0/);
});

it('publishes what was committed before it ran', async () => {
  const before = replica(db, 1);
  for (let task = 0; task < 700; task += 1) {
    void before.submit(request(newTaskId(), issueTask));
  }
  await before.drain();
  await relaying('a');
  expect(await streamHolds(1n)).toHaveLength(700);
});

it('publishes what another replica commits', async () => {
  const leader = await relaying('a');
  await wholeTask(leader);
  await streamHolds(1n);
  const other = await relaying('b');
  await Promise.all([wholeTask(other), wholeTask(leader), wholeTask(other)]);
  await streamHolds(1n);
});

it('finds what nobody told it of', async () => {
  const leader = await relaying('a');
  await wholeTask(leader);
  const silentReplica = replica(db, 1);
  await silentReplica.submit(request(newTaskId(), issueTask));
  await streamHolds(1n);
});

describe('a stream that was damaged', () => {
  it('goes on from its last message when the server lost its tail', async () => {
    const here = await relaying('a');
    await wholeTask(here);
    await streamHolds(1n);
    const older = `${nats.storeDir}-older`;
    await nats.stop();
    await cp(nats.storeDir, older, { recursive: true });
    await nats.start();
    await wholeTask(here);
    await streamHolds(1n);
    await nats.wipe();
    await rename(older, nats.storeDir);
    await nats.start();
    await wholeTask(here);
    expect(await streamHolds(1n)).toHaveLength(12);
  });

  it('is made anew when it was deleted', async () => {
    const here = await relaying('a');
    await wholeTask(here);
    await streamHolds(1n);
    const { jsm } = await jetStream();
    await jsm.streams.delete('EVT_0');
    await wholeTask(here);
    await streamHolds(5n);
  });

  it('goes on when it was purged', async () => {
    const here = await relaying('a');
    await wholeTask(here);
    await streamHolds(1n);
    const { jsm } = await jetStream();
    await jsm.streams.purge('EVT_0');
    await wholeTask(here);
    await streamHolds(5n);
  });

  it('is filled by a leader that begins behind a purge', async () => {
    const first = await relaying('a');
    await wholeTask(first);
    await streamHolds(1n);
    await first.stop();
    const { jsm } = await jetStream();
    await jsm.streams.purge('EVT_0');
    const second = await relaying('b');
    await wholeTask(second);
    await eventually(async () => {
      const ids = (await messages(jsm)).map(({ id }) => id);
      expect(ids.slice(-4)).toEqual(['0:5', '0:6', '0:7', '0:8']);
    });
  });

  it('is made anew when the server lost its whole store', async () => {
    const here = await relaying('a');
    await wholeTask(here);
    await streamHolds(1n);
    await nats.wipe();
    await nats.start();
    await wholeTask(here);
    // From 5 if the leader did not notice the restart and went on, else from the tail of the log.
    const [first] = await eventually(async () => {
      const found = await messages((await jetStream()).jsm);
      expect(found.at(-1)?.id).toBe('0:8');
      return found;
    });
    expect(['0:1', '0:5']).toContain(first?.id);
    await streamHolds(first?.id === '0:1' ? 1n : 5n);
  });

  it('takes what was committed while the server was away', async () => {
    const here = await relaying('a');
    await wholeTask(here);
    await streamHolds(1n);
    await nats.kill();
    await Promise.all([wholeTask(here), wholeTask(here)]);
    await nats.start();
    await streamHolds(1n);
  });
});

it('replicas that come and go share the partitions under load, with no hole and no long pause', async () => {
  await db.destroy();
  await database.close();
  database = await withPostgres();
  db = await openLog(database.url, 4);
  const writer = await relaying('writer', 4);
  const writing: { state: 'on' | 'over' } = { state: 'on' };
  const load = Promise.all(
    [1, 2, 3, 4].map(async () => {
      while (writing.state === 'on') await wholeTask(writer);
    }),
  );
  await sharesAre([4]);
  const others = [await relaying('b', 4), await relaying('c', 4)];
  await sharesAre([2, 1, 1]);
  for (const other of others) await other.stop();
  await sharesAre([4]);
  writing.state = 'over';
  await load;
  const pauses = await Promise.all([0, 1, 2, 3].map((partition) => pauseOf(partition)));
  // On a quiet machine some 50 ms; the next regular look at the leases would take up to 1,500.
  expect(Math.max(...pauses)).toBeLessThan(1_000);
  for (const partition of [0, 1, 2, 3]) await streamHolds(1n, partition);
});

/** How many partitions each replica leads, the most first. */
async function sharesAre(wanted: readonly number[]): Promise<void> {
  await eventually(async () => {
    const { rows } = await database.pool.query(
      `select count(*)::int as led from task_command.relay_lease
       where expires_at > clock_timestamp() group by holder order by led desc`,
    );
    expect(rows.map(({ led }) => led)).toEqual(wanted);
  });
}

/** The longest time between two messages of a stream, in ms. */
async function pauseOf(partition: number): Promise<number> {
  const { connection, jsm } = await jetStream();
  const times = (await messages(jsm, partition)).map(({ at }) => at);
  await connection.close();
  return Math.max(...times.map((at, index) => at - (times[index - 1] ?? at)));
}

it('two replicas under load that take turns never publish twice or leave a hole', async () => {
  const writers = [await relaying('w1'), await relaying('w2')];
  const writing: { state: 'on' | 'over' } = { state: 'on' };
  const load = writers.map(async (writer) => {
    while (writing.state === 'on') await wholeTask(writer);
  });
  for (let turn = 0; turn < 4; turn += 1) {
    const next = await relaying(`turn-${turn}`);
    const before = await eventually(heldEpoch);
    await database.pool.query(
      `update task_command.relay_lease set expires_at = '-infinity', instance = null`,
    );
    await eventually(async () => expect(await heldEpoch()).toBeGreaterThan(before));
    await next.stop();
  }
  writing.state = 'over';
  await Promise.all(load);
  await streamHolds(1n);
});

/** The epoch of the lease, once somebody holds it. */
async function heldEpoch(): Promise<number> {
  const { rows } = await database.pool.query(
    'select epoch::int from task_command.relay_lease where expires_at > clock_timestamp()',
  );
  expect(rows).toHaveLength(1);
  return rows[0].epoch;
}

describe('a stream that is ahead of a log restored from a backup', () => {
  /** A stream up to position 8, and a log that begins anew. */
  async function restored(): Promise<Replica> {
    const before = await relaying('before');
    await wholeTask(before);
    await wholeTask(before);
    await streamHolds(1n);
    await before.stop();
    await db.destroy();
    await database.close();
    database = await withPostgres();
    db = await openLog(database.url, 1);
    return await relaying('after');
  }

  it('takes nothing until the log has passed it, and goes on from there', async () => {
    const after = await restored();
    await wholeTask(after);
    const { jsm } = await jetStream();
    await eventually(async () => expect(await heldEpoch()).toBeGreaterThan(0));
    expect((await messages(jsm)).at(-1)?.id).toBe('0:8');
    await wholeTask(after);
    await wholeTask(after);
    await streamHolds(1n);
  });

  it('is made anew with the events of the restored log when it was deleted', async () => {
    const after = await restored();
    await wholeTask(after);
    const { jsm } = await jetStream();
    await jsm.streams.delete('EVT_0');
    await streamHolds(1n);
  });
});
