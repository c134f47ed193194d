import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../bus.ts';
import type { Previous } from '../messages.ts';
import { copyOf, eventsFrom, openBus } from '../testing/bus-fixture.ts';

const nothing: Previous = { kind: 'empty', sequence: 0 };

describe('publishing to a real nats-server', () => {
  let nats: TestNats;
  let bus: Bus;
  let admin: NatsConnection;
  let jsm: JetStreamManager;

  beforeEach(async () => {
    nats = await withNats();
    bus = await openBus(nats.url);
    admin = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    jsm = await admin.jetstreamManager();
    await bus.ensureStream(0);
  });

  afterEach(async () => {
    await admin.close();
    await bus.close();
    await nats.close();
  });

  const publish = (first: number, last: number, previous: Previous) =>
    bus.publish(eventsFrom(first, last), { partition: 0, previous });

  async function stored(): Promise<number[]> {
    const { state } = await jsm.streams.info('EVT_0');
    const found: number[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      found.push(Number((await jsm.streams.getMessage('EVT_0', { seq })).string()));
    }
    return found;
  }

  async function restart() {
    await nats.kill();
    await eventually(() => bus.status() === 'disconnected');
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    await eventually(() => bus.lastPublished(0));
  }

  it('makes the stream with every field that was asked for, again and again', async () => {
    await bus.ensureStream(0);
    const { config } = await jsm.streams.info('EVT_0');
    expect(config).toMatchObject({
      subjects: ['evt.0.>'],
      retention: 'limits',
      storage: 'file',
      discard: 'old',
      max_bytes: 64 * 1024 * 1024,
      max_msgs: 65_536,
      max_age: 3_600 * 1e9,
      duplicate_window: 30 * 1e9,
    });
  });

  it('brings a stream of an older configuration up to date', async () => {
    const other = await openBus(nats.url, { stream: { maxAgeMs: 7_200_000 } });
    await other.ensureStream(0);
    expect((await jsm.streams.info('EVT_0')).config.max_age).toBe(7_200 * 1e9);
    await other.close();
  });

  it('keeps the order of 1,000 events, 256 of them unacknowledged at a time', async () => {
    expect(await publish(1, 1_000, nothing)).toEqual({ kind: 'published', upTo: 1_000n });
    expect(await stored()).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  });

  it('goes on after what it published before', async () => {
    await publish(1, 3, nothing);
    expect(await publish(4, 5, { kind: 'after', position: 3n })).toMatchObject({ upTo: 5n });
    expect(await stored()).toEqual([1, 2, 3, 4, 5]);
  });

  it('stores an event once when it is published twice', async () => {
    await publish(1, 3, nothing);
    expect(await publish(2, 4, { kind: 'after', position: 1n })).toMatchObject({ upTo: 4n });
    expect(await stored()).toEqual([1, 2, 3, 4]);
  });

  it('stores nothing after a hole', async () => {
    await publish(1, 3, nothing);
    const result = await publish(5, 6, { kind: 'after', position: 4n });
    expect(result).toMatchObject({ kind: 'rejected', reason: 'wrong_last', upTo: undefined });
    expect(await stored()).toEqual([1, 2, 3]);
  });

  // The control: without the chain the server takes whatever comes, and order is gone.
  it('would store a hole if the messages were not chained', async () => {
    await publish(1, 3, nothing);
    await admin.jetstream().publish('evt.0.task.Event', '5', { msgID: '0:5' });
    expect(await stored()).toEqual([1, 2, 3, 5]);
  });

  it('rejects the second of two leaders that begin at the same end', async () => {
    const end = await bus.lastPublished(0);
    await publish(1, 3, end);
    const late = await bus.publish(eventsFrom(7, 8), { partition: 0, previous: end });
    expect(late).toMatchObject({ kind: 'rejected', reason: 'wrong_last' });
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it('tells the end of the stream by its last message', async () => {
    expect(await bus.lastPublished(0)).toEqual(nothing);
    await publish(1, 3, nothing);
    expect(await bus.lastPublished(0)).toMatchObject({ kind: 'at', position: 3n, sequence: 3 });
  });

  it('heals a purged stream: the next event is chained by sequence', async () => {
    await publish(1, 3, nothing);
    await jsm.streams.purge('EVT_0');
    const end = await bus.lastPublished(0);
    expect(end).toEqual({ kind: 'empty', sequence: 3 });
    expect(await publish(4, 6, end)).toMatchObject({ kind: 'published', upTo: 6n });
    expect(await stored()).toEqual([4, 5, 6]);
  });

  it('heals a purged stream after a restart, when the server knows no last id', async () => {
    await publish(1, 3, nothing);
    await jsm.streams.purge('EVT_0');
    await restart();
    expect(await publish(4, 6, { kind: 'after', position: 3n })).toMatchObject({
      reason: 'wrong_last',
    });
    expect(await publish(4, 6, await bus.lastPublished(0))).toMatchObject({ upTo: 6n });
    expect(await stored()).toEqual([4, 5, 6]);
  });

  it('goes past the events of a purged stream that the server still takes for duplicates', async () => {
    await publish(1, 5, nothing);
    await jsm.streams.purge('EVT_0');
    const end = await bus.lastPublished(0);
    expect(await publish(3, 8, end)).toEqual({ kind: 'published', upTo: 8n });
    expect(await stored()).toEqual([6, 7, 8]);
  });

  it('heals a deleted stream from the beginning', async () => {
    await publish(1, 3, nothing);
    await jsm.streams.delete('EVT_0');
    const previous = { kind: 'after', position: 3n } as const;
    expect(await publish(4, 5, previous)).toMatchObject({ kind: 'rejected', reason: 'no_stream' });
    await expect(bus.lastPublished(0)).rejects.toThrow('stream not found');
    await bus.ensureStream(0);
    expect(await publish(1, 5, await bus.lastPublished(0))).toMatchObject({ upTo: 5n });
    expect(await stored()).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on after somebody deleted the last messages', async () => {
    await publish(1, 3, nothing);
    await jsm.streams.deleteMessage('EVT_0', 3);
    await restart();
    const end = await bus.lastPublished(0);
    expect(end).toEqual({ kind: 'empty', sequence: 3 });
    expect(await publish(4, 5, end)).toMatchObject({ upTo: 5n });
    expect(await bus.lastPublished(0)).toMatchObject({ kind: 'at', position: 5n });
  });

  it('heals a lost tail by publishing it again', async () => {
    await publish(1, 3, nothing);
    await nats.stop();
    const before = await copyOf(nats.storeDir);
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    await publish(4, 6, await eventually(() => bus.lastPublished(0)));
    await nats.kill();
    await before.restore();
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    const end = await eventually(() => bus.lastPublished(0));
    expect(end).toMatchObject({ kind: 'at', position: 3n });
    expect(await publish(4, 7, end)).toMatchObject({ upTo: 7n });
    expect(await stored()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('goes on after kill -9 of the server, also past the duplicate window', async () => {
    const short = await openBus(nats.url, { stream: { duplicateWindowMs: 100 } });
    await short.ensureStream(0);
    await publish(1, 3, nothing);
    await restart();
    // nats-server 2.9 has rebuilt no id from so old a message, and the id chain alone would stay
    // broken; 2.12 knows it.
    const first = await publish(4, 5, { kind: 'after', position: 3n });
    if (first.kind !== 'published') {
      expect(first).toMatchObject({ reason: 'wrong_last' });
      expect(await publish(4, 5, await bus.lastPublished(0))).toMatchObject({ upTo: 5n });
    }
    expect(await stored()).toEqual([1, 2, 3, 4, 5]);
    await short.close();
  });

  it('does not wait for the acks that a killed server owes', async () => {
    await publish(1, 3, nothing);
    const startedAt = performance.now();
    const publishing = publish(4, 3_000, { kind: 'after', position: 3n });
    await nats.kill();
    const result = await publishing;
    expect(result.kind).not.toBe('published');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    const end = await eventually(() => bus.lastPublished(0));
    if (end.kind !== 'at') throw new Error('the stream is empty');
    const next = Number(end.position) + 1;
    expect(await publish(next, 3_000, end)).toMatchObject({ kind: 'published', upTo: 3_000n });
    expect((await jsm.streams.info('EVT_0')).state.messages).toBe(3_000);
  });

  it('comes back empty after a wipe and takes the next event', async () => {
    await publish(1, 3, nothing);
    await nats.wipe();
    await eventually(() => bus.status() === 'disconnected');
    expect(await publish(4, 4, { kind: 'after', position: 3n })).toMatchObject({
      reason: 'disconnected',
    });
    await nats.start();
    await eventually(() => bus.status() === 'connected');
    await eventually(() => bus.ensureStream(0));
    expect(await publish(4, 5, await bus.lastPublished(0))).toMatchObject({ upTo: 5n });
    expect(await stored()).toEqual([4, 5]);
  });
});
