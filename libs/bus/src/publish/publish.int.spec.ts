import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Previous } from '../messages.ts';
import { after, openBus } from '../testing/bus-fixture.ts';
import { PublishWorld } from './publish-fixture.ts';

const nothing: Previous = { kind: 'empty', sequence: 0 };
const wrongLast = { kind: 'rejected', reason: 'wrong_last' };

let world: PublishWorld;
beforeEach(async () => {
  world = await PublishWorld.open();
});
afterEach(() => world.close());

it('makes the stream with every field that was asked for, again and again', async () => {
  await world.bus.ensureStream(0);
  const { config } = await world.jsm.streams.info('EVT_0');
  expect(config).toMatchObject({
    subjects: ['evt.0'],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_bytes: 64 * 1024 * 1024,
    max_msgs: 16_384,
    max_age: 3_600 * 1e9,
    duplicate_window: 30 * 1e9,
  });
});

it('brings a stream of another configuration up to date, and keeps what it holds', async () => {
  await world.publish(1, 3, nothing);
  const other = await openBus(world.nats.url, { stream: { maxAgeMs: 7_200_000 } });
  await other.ensureStream(0);
  expect((await world.jsm.streams.info('EVT_0')).config.max_age).toBe(7_200 * 1e9);
  expect(await world.stored()).toEqual([[1, 2, 3]]);
  await other.close();
});

it('makes a stream anew that a release before filled with a subject for each task', async () => {
  await world.jsm.streams.delete('EVT_0');
  await world.jsm.streams.add({ name: 'EVT_0', subjects: ['evt.0.>'], max_msgs: 65_536 });
  await world.admin.jetstream().publish('evt.0.task.TaskIssued', '7', { msgID: '0:7' });
  await world.bus.ensureStream(0);
  expect((await world.jsm.streams.info('EVT_0')).config.subjects).toEqual(['evt.0']);
  expect(await world.bus.lastPublished(0)).toEqual(nothing);
  expect(await world.publish(8, 9, nothing)).toMatchObject({ kind: 'published', upTo: 9n });
  expect(await world.stored()).toEqual([[8, 9]]);
});

it('publishes many events as one message, with the last position for its id', async () => {
  expect(await world.publish(1, 500, nothing)).toEqual({
    kind: 'published',
    upTo: 500n,
    next: after(500n, 1),
  });
  expect(await world.stored()).toEqual([Array.from({ length: 500 }, (_, index) => index + 1)]);
  const { header } = await world.jsm.streams.getMessage('EVT_0', { seq: 1 });
  expect(header.get('Nats-Msg-Id')).toBe('0:500');
});

it('publishes as many events as fit into a message, and goes on with the rest', async () => {
  const large = Array.from({ length: 300 }, (_, index) => {
    return { position: BigInt(index + 1), bytes: Buffer.alloc(4_096, 'x') };
  });
  const rest = [...large];
  let previous: Previous = nothing;
  while (rest.length > 0) {
    const result = await world.bus.publish(rest, { partition: 0, previous });
    if (result.kind !== 'published') throw new Error(JSON.stringify(result));
    previous = result.next;
    rest.splice(0, rest.findIndex(({ position }) => position === result.upTo) + 1);
  }
  expect(await world.bus.lastPublished(0)).toMatchObject({ position: 300n, sequence: 5 });
  expect((await world.jsm.streams.info('EVT_0')).state.bytes).toBeGreaterThan(300 * 4_096);
});

it('is refused an event that the server takes from nobody', async () => {
  const events = [{ position: 1n, bytes: Buffer.alloc(2 * 1024 ** 2) }];
  const result = await world.bus.publish(events, { partition: 0, previous: nothing });
  expect(result).toMatchObject({ kind: 'rejected', reason: 'refused' });
});

it('goes on after what it published before', async () => {
  const next = await world.published(1, 3, nothing);
  await world.publish(4, 5, next);
  expect(await world.stored()).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

it('stores a message once that is published twice, and goes on behind it', async () => {
  const next = await world.published(1, 3, nothing);
  expect(await world.published(1, 3, nothing)).toEqual(next);
  await world.published(4, 5, await world.published(1, 3, nothing));
  expect(await world.stored()).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

it('stores nothing of a message that begins before the end, and ends behind it', async () => {
  await world.published(3, 4, await world.published(1, 2, nothing));
  expect(await world.publish(3, 6, after(2n, 1))).toMatchObject(wrongLast);
  expect(await world.publish(2, 6, after(1n, 1))).toMatchObject(wrongLast);
  expect(await world.stored()).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it('stores nothing after a hole', async () => {
  await world.publish(1, 3, nothing);
  expect(await world.publish(5, 6, after(4n, 1))).toMatchObject(wrongLast);
  expect(await world.stored()).toEqual([[1, 2, 3]]);
});

// The control: without the chain the server takes whatever comes, and order is gone.
it('would store a hole if the messages were not chained', async () => {
  await world.publish(1, 3, nothing);
  await world.admin.jetstream().publish('evt.0', '5 ', { msgID: '0:5' });
  expect(await world.stored()).toEqual([[1, 2, 3], [5]]);
});

it.each([
  ['with the same last event', 1, 5],
  ['that ends before', 1, 3],
  ['that ends behind', 1, 8],
  ['that begins later', 4, 6],
])('takes one of two leaders that begin at the same end, the other %s', async (_, first, last) => {
  const end = await world.bus.lastPublished(0);
  await world.publish(1, 5, end);
  const late = await world.publish(first, last, end);
  // The same id says that its events are there.
  expect(late).toMatchObject(last === 5 ? { kind: 'published', upTo: 5n } : wrongLast);
  expect(await world.stored()).toEqual([[1, 2, 3, 4, 5]]);
});

it('tells the end of the stream by its last message', async () => {
  expect(await world.bus.lastPublished(0)).toEqual(nothing);
  await world.publish(1, 3, nothing);
  const end = await world.bus.lastPublished(0);
  expect(end).toEqual({
    kind: 'at',
    position: 3n,
    sequence: 1,
    bytes: Uint8Array.from(Buffer.from('1 2 3 ')),
  });
  await world.publish(4, 6, end);
  expect(await world.bus.lastPublished(0)).toMatchObject({ position: 6n, sequence: 2 });
});
