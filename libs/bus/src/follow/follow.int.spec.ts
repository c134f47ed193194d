import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../bus.ts';
import { eventsFrom, type Heard, listen, openBus } from '../testing/bus-fixture.ts';

describe('following a real nats-server', () => {
  let nats: TestNats;
  let bus: Bus;
  let admin: NatsConnection;
  let jsm: JetStreamManager;
  let heard: Heard;

  beforeEach(async () => {
    nats = await withNats();
    bus = await openBus(nats.url);
    admin = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    jsm = await admin.jetstreamManager();
    await bus.ensureStream(0);
    heard = listen(bus, 0);
    await eventually(() => heard.breaks.includes('subscribed'));
  });

  afterEach(async () => {
    await heard.stop();
    await admin.close();
    await bus.close();
    await nats.close();
  });

  async function publishNext(first: number, last: number) {
    const previous = await eventually(() => bus.lastPublished(0));
    expect(await bus.publish(eventsFrom(first, last), { partition: 0, previous })).toMatchObject({
      kind: 'published',
    });
  }

  /** Publishes until a message comes through, then says how many breaks were told. */
  async function liveAgain(position: number) {
    await eventually(() => heard.breaks.filter((reason) => reason === 'subscribed').length > 1);
    await publishNext(position, position);
    await eventually(() => heard.positions.includes(position));
  }

  it('delivers what is published from now on, in order', async () => {
    await publishNext(1, 500);
    await eventually(() => heard.positions.length === 500);
    expect(heard.positions).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(heard.breaks).toEqual(['subscribed']);
  });

  it('does not deliver another partition', async () => {
    await bus.ensureStream(1);
    await bus.publish(eventsFrom(1, 1), { partition: 1, previous: { kind: 'empty', sequence: 0 } });
    await publishNext(7, 7);
    await eventually(() => heard.positions.length > 0);
    expect(heard.positions).toEqual([7]);
  });

  it('reports a consumer that was deleted, and subscribes again', async () => {
    for await (const { name } of jsm.consumers.list('EVT_0')) {
      await jsm.consumers.delete('EVT_0', name);
    }
    await eventually(() => heard.breaks.includes('consumer_lost'));
    await liveAgain(1);
  });

  it('reports a stream that is gone, and subscribes when it is back', async () => {
    await jsm.streams.delete('EVT_0');
    await eventually(() => heard.breaks.includes('no_stream'));
    await bus.ensureStream(0);
    await liveAgain(1);
    // Said once, not at each of the attempts.
    expect(heard.breaks.filter((reason) => reason === 'no_stream')).toHaveLength(1);
  });

  it('reports kill -9 of the server, reconnects and subscribes again', async () => {
    await publishNext(1, 1);
    await nats.kill();
    await eventually(() => heard.breaks.includes('disconnected'));
    expect(bus.status()).toBe('disconnected');
    await nats.start();
    await liveAgain(2);
    expect(bus.status()).toBe('connected');
  });

  it('leaves no consumer behind when it is stopped', async () => {
    await heard.stop();
    expect((await jsm.streams.info('EVT_0')).state.consumer_count).toBe(0);
  });

  it('wakes once for many wake-ups of one turn', async () => {
    const woken: unknown[] = [];
    const stop = bus.onWake((target) => woken.push(target));
    const other = await openBus(nats.url);
    for (let i = 0; i < 100; i++) other.wake(3);
    other.wake('leases');
    await eventually(() => woken.length >= 2);
    expect(woken).toEqual([3, 'leases']);
    // The last word of a replica that stops: its leases are free.
    other.wake('leases');
    await other.close();
    await eventually(() => expect(woken).toEqual([3, 'leases', 'leases']));
    stop();
  });

  it('waits for a server that is not there yet', async () => {
    await nats.stop();
    const opening = openBus(nats.url);
    await nats.start();
    const late = await opening;
    expect(late.status()).toBe('connected');
    await late.close();
  });

  it('stops waiting when it is told to', async () => {
    await nats.stop();
    const signal = AbortSignal.timeout(50);
    await expect(openBus(nats.url, { signal })).rejects.toThrow();
    await nats.start();
  });

  it('closes while the server is away', async () => {
    const other = await openBus(nats.url);
    await nats.stop();
    await eventually(() => other.status() === 'disconnected');
    await other.close();
    await nats.start();
  });
});
