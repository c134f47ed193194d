import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bus } from '../bus.ts';
import type { Previous } from '../messages.ts';
import { eventsFrom, type Heard, listen, openBus } from '../testing/bus-fixture.ts';

let nats: TestNats;
let bus: Bus;
let heard: Heard;

beforeEach(async () => {
  nats = await withNats();
  bus = await openBus(nats.url);
  await bus.ensureStream(0);
  heard = listen(bus, 0, 'watch');
  await eventually(() => heard.breaks.includes('subscribed'));
});

afterEach(async () => {
  await heard.stop();
  await bus.close();
  await nats.close();
});

async function publishNext(first: number, last: number, partition = 0): Promise<void> {
  const previous: Previous = await eventually(() => bus.lastPublished(partition));
  expect(await bus.publish(eventsFrom(first, last), { partition, previous })).toMatchObject({
    kind: 'published',
  });
}

it('brings the messages of its partition from the moment it says so', async () => {
  await bus.ensureStream(1);
  await publishNext(1, 2, 1);
  await publishNext(1, 3);
  await publishNext(4, 4);
  await eventually(() => expect(heard.positions).toEqual([1, 2, 3, 4]));
  expect(heard.breaks).toEqual(['subscribed']);
});

it('says that it is cut, and when it is there again', async () => {
  await nats.kill();
  await eventually(() => expect(heard.breaks).toEqual(['subscribed', 'disconnected']));
  await nats.start();
  await eventually(() => expect(heard.breaks.at(-1)).toBe('subscribed'));
  expect(heard.breaks).toHaveLength(3);
  await publishNext(1, 1);
  await eventually(() => expect(heard.positions).toEqual([1]));
});

it('begins when the server comes back', async () => {
  await nats.kill();
  await eventually(() => bus.status() === 'disconnected');
  const late = listen(bus, 0, 'watch');
  await nats.start();
  await eventually(() => expect(late.breaks).toEqual(['subscribed']));
  await late.stop();
});

it('takes its subscription away when it ends', async () => {
  await heard.stop();
  await publishNext(1, 1);
  const other = listen(bus, 0, 'watch');
  await eventually(() => other.breaks.includes('subscribed'));
  await publishNext(2, 2);
  await eventually(() => expect(other.positions).toEqual([2]));
  expect(heard.positions).toEqual([]);
  await other.stop();
});
