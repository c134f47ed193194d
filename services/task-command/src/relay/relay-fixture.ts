import { randomUUID } from 'node:crypto';
import { type Bus, connectBus } from '@greencloud/bus';
import { decodeEventBatch, type RecordedEvent } from '@greencloud/event-log';
import { createMetrics } from '@greencloud/runtime';
import {
  eventually,
  type TestDatabase,
  type TestNats,
  withNats,
  withPostgres,
} from '@greencloud/testing';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { expect } from 'vitest';
import type { Appender } from '../append/appender.ts';
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

export interface Message {
  readonly sequence: number;
  readonly id: string;
  readonly subject: string;
  readonly events: readonly RecordedEvent[];
  /** Unix ms of the server. */
  readonly at: number;
}

/** A log, a nats-server, and replicas that accept and relay. */
export class RelayWorld {
  readonly nats: TestNats;
  database: TestDatabase;
  db: Db;
  readonly #cleanups: (() => Promise<void>)[] = [];

  static async open(partitions = 1): Promise<RelayWorld> {
    const database = await withPostgres();
    return new RelayWorld(database, await openLog(database.url, partitions), await withNats());
  }

  private constructor(database: TestDatabase, db: Db, nats: TestNats) {
    this.database = database;
    this.db = db;
    this.nats = nats;
  }

  async close(): Promise<void> {
    for (const clean of this.#cleanups.splice(0).toReversed()) await clean();
    await this.db.destroy();
    await this.nats.close();
    await this.database.close();
  }

  /** As after a restore of a backup in which nothing was yet. */
  async loseLog(partitions = 1): Promise<void> {
    await this.db.destroy();
    await this.database.close();
    this.database = await withPostgres();
    this.db = await openLog(this.database.url, partitions);
  }

  async connectBus(name: string): Promise<Bus> {
    const bus = await connectBus({ servers: this.nats.url, name, logger: silent });
    this.#cleanups.push(() => bus.close());
    return bus;
  }

  async relaying(name: string, partitions = 1) {
    const own = connectDb(this.database.url);
    const bus = await connectBus({ servers: this.nats.url, name, logger: silent });
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
    let stopped: Promise<void> | undefined;
    const once = () => (stopped ??= stop());
    this.#cleanups.push(once);
    return { appender, stop: once, scrape: () => metrics.scrape() };
  }

  async jetStream(): Promise<{ connection: NatsConnection; jsm: JetStreamManager }> {
    const connection = await connect({ servers: this.nats.url });
    this.#cleanups.push(() => connection.close());
    return { connection, jsm: await connection.jetstreamManager() };
  }

  /** The stream ends where the log does, and what it holds is contiguous and each event once. */
  async streamHolds(from: bigint, partition = 0): Promise<Message[]> {
    const { connection, jsm } = await this.jetStream();
    const head = await readHead(this.db, partition);
    const found = await eventually(async () => {
      const now = await messages(jsm, partition);
      expect(now.at(-1)?.id).toBe(`${partition}:${head}`);
      return now;
    });
    const wanted: bigint[] = [];
    for (let at = from; at <= head; at += 1n) wanted.push(at);
    expect(positionsOf(found)).toEqual(wanted);
    for (const { id, events } of found) expect(id).toBe(`${partition}:${events.at(-1)?.position}`);
    await connection.close();
    return found;
  }

  /** The epoch of the only partition's lease, once somebody holds it. */
  async heldEpoch(): Promise<number> {
    const { rows } = await this.database.pool.query(
      'select epoch::int from task_command.relay_lease where expires_at > clock_timestamp()',
    );
    expect(rows).toHaveLength(1);
    return rows[0].epoch;
  }
}

export async function wholeTask({ appender }: { readonly appender: Appender }): Promise<void> {
  const taskId = newTaskId();
  for (const command of [issueTask, assign(1), progress(1, 0), finish(1)]) {
    await appender.submit(request(taskId, command));
  }
}

export async function messages(jsm: JetStreamManager, partition = 0): Promise<Message[]> {
  const stream = `EVT_${partition}`;
  const { state } = await jsm.streams.info(stream);
  const found: Message[] = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq += 1) {
    const { header, subject, data, time } = await jsm.streams.getMessage(stream, { seq });
    const id = header.get('Nats-Msg-Id');
    const events = decodeEventBatch(data);
    found.push({ sequence: seq, id, subject, events, at: time.getTime() });
  }
  return found;
}

export function positionsOf(found: readonly Message[]): bigint[] {
  return found.flatMap(({ events }) => events.map(({ position }) => position));
}
