import { eventually } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Previous } from '../messages.ts';
import { after, copyOf, eventsFrom, openBus } from '../testing/bus-fixture.ts';
import { PublishWorld } from './publish-fixture.ts';

const nothing: Previous = { kind: 'empty', sequence: 0 };
const wrongLast = { kind: 'rejected', reason: 'wrong_last' };

let world: PublishWorld;
beforeEach(async () => {
  world = await PublishWorld.open();
});
afterEach(() => world.close());

const purge = () => world.jsm.streams.purge('EVT_0');
const end = () => world.bus.lastPublished(0);

it('goes on in a purged stream, chained by sequence', async () => {
  await world.publish(1, 3, nothing);
  await purge();
  expect(await end()).toEqual({ kind: 'empty', sequence: 1 });
  await world.published(4, 6, await end());
  expect(await world.stored()).toEqual([[4, 5, 6]]);
});

it('goes on in a purged stream after a restart, when the server knows no last id', async () => {
  const next = await world.published(1, 3, nothing);
  await purge();
  await world.restart();
  expect(await world.publish(4, 6, next)).toMatchObject(wrongLast);
  await world.published(4, 6, await end());
  expect(await world.stored()).toEqual([[4, 5, 6]]);
});

it('goes past what was purged and the server still takes for a duplicate', async () => {
  await world.published(3, 5, await world.published(1, 2, nothing));
  await purge();
  const gone = await world.publish(1, 5, await end());
  expect(gone).toEqual({ kind: 'published', upTo: 5n, next: { kind: 'empty', sequence: 2 } });
  await world.published(6, 8, await world.published(1, 5, await end()));
  expect(await world.stored()).toEqual([[6, 7, 8]]);
});

it('goes past a duplicate that was purged behind one that is stored anew', async () => {
  await world.published(3, 5, await world.published(1, 2, nothing));
  await purge();
  // A leader that begins further back, with other bounds: its first message is new to the server.
  const next = await world.published(1, 4, await end());
  const gone = await world.published(5, 5, next);
  expect(gone).toEqual({ kind: 'empty', sequence: 3 });
  await world.published(6, 8, gone);
  expect(await world.stored()).toEqual([
    [1, 2, 3, 4],
    [6, 7, 8],
  ]);
});

it('takes a late second sending for what it is, also when others have gone on', async () => {
  const next = await world.published(1, 3, nothing);
  await world.published(6, 7, await world.published(4, 5, next));
  // The ack of 4 and 5 never came: sent again by one who knows no better.
  const again = await world.published(4, 5, next);
  expect(again).toEqual(after(5n, 2));
  expect(await world.publish(6, 9, again)).toMatchObject(wrongLast);
  await world.published(8, 9, await end());
  expect(await world.stored()).toEqual([
    [1, 2, 3],
    [4, 5],
    [6, 7],
    [8, 9],
  ]);
});

it('heals a deleted stream from the beginning', async () => {
  const next = await world.published(1, 3, nothing);
  await world.jsm.streams.delete('EVT_0');
  expect(await world.publish(4, 5, next)).toMatchObject({ kind: 'rejected', reason: 'no_stream' });
  await expect(end()).rejects.toThrow('stream not found');
  await world.bus.ensureStream(0);
  await world.published(1, 5, await end());
  expect(await world.stored()).toEqual([[1, 2, 3, 4, 5]]);
});

it('goes on after somebody deleted the last message', async () => {
  await world.publish(1, 3, nothing);
  await world.jsm.streams.deleteMessage('EVT_0', 1);
  await world.restart();
  expect(await end()).toEqual({ kind: 'empty', sequence: 1 });
  await world.published(4, 5, await end());
  expect(await end()).toMatchObject({ kind: 'at', position: 5n });
});

it('heals a lost tail by publishing it again, with other bounds', async () => {
  await world.publish(1, 3, nothing);
  await world.nats.stop();
  const before = await copyOf(world.nats.storeDir);
  await world.startAgain();
  const next = await world.published(4, 6, await end());
  await world.published(7, 7, next);
  await world.nats.kill();
  await before.restore();
  await world.startAgain();
  expect(await end()).toMatchObject({ kind: 'at', position: 3n });
  await world.published(4, 8, await end());
  expect(await world.stored()).toEqual([
    [1, 2, 3],
    [4, 5, 6, 7, 8],
  ]);
});

it('stores nothing behind a lost tail for a leader that does not know of it', async () => {
  await world.publish(1, 3, nothing);
  await world.nats.stop();
  const before = await copyOf(world.nats.storeDir);
  await world.startAgain();
  const next = await world.published(4, 6, await end());
  await world.nats.kill();
  await before.restore();
  await world.startAgain();
  expect(await world.publish(7, 8, next)).toMatchObject(wrongLast);
  expect(await world.stored()).toEqual([[1, 2, 3]]);
});

it('goes on after kill -9 of the server, also past the duplicate window', async () => {
  const short = await openBus(world.nats.url, { stream: { duplicateWindowMs: 100 } });
  await short.ensureStream(0);
  const next = await world.published(1, 3, nothing);
  await world.restart();
  // nats-server 2.9 has rebuilt no id from so old a message, and the id chain alone would stay
  // broken; 2.12 knows it.
  const first = await world.publish(4, 5, next);
  if (first.kind !== 'published') {
    expect(first).toMatchObject(wrongLast);
    await world.published(4, 5, await end());
  }
  expect(await world.stored()).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  await short.close();
});

it('does not wait for the ack that a killed server owes, and asks what came of it', async () => {
  const next = await world.published(1, 3, nothing);
  const startedAt = performance.now();
  const results: unknown[] = [];
  const publishing = (async () => {
    let previous = next;
    for (let position = 4; ; position += 1) {
      const result = await world.publish(position, position, previous);
      results.push(result);
      if (result.kind !== 'published') return result;
      previous = result.next;
    }
  })();
  await eventually(() => results.length > 10);
  await world.nats.kill();
  expect((await publishing).kind).not.toBe('published');
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await world.startAgain();
  const found = await eventually(end);
  if (found.kind !== 'at') throw new Error('the stream is empty');
  const from = Number(found.position) + 1;
  await world.published(from, from + 100, found);
  const all = eventsFrom(1, from + 100).map(({ position }) => Number(position));
  expect((await world.stored()).flat()).toEqual(all);
});

it('comes back empty after a wipe and takes the next event', async () => {
  const next = await world.published(1, 3, nothing);
  await world.nats.wipe();
  await eventually(() => world.bus.status() === 'disconnected');
  expect(await world.publish(4, 4, next)).toMatchObject({ reason: 'disconnected' });
  await world.startAgain();
  await world.published(4, 5, await end());
  expect(await world.stored()).toEqual([[4, 5]]);
});
