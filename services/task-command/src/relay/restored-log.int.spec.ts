import type { EventPublisher } from '@greencloud/bus';
import {
  batchOfOne,
  decodeEventBatch,
  encodeStoredEvent,
  follow,
  type LogReader,
  LogSetBackError,
} from '@greencloud/event-log';
import { createMetrics } from '@greencloud/runtime';
import { eventually } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replica } from '../append/append-fixtures.ts';
import { silent } from '../log/log-fixtures.ts';
import { readHead } from '../log/read-head.ts';
import { readPartition } from '../log/read-partition.ts';
import { type LeaderOptions, leadPartition } from './lead-partition.ts';
import { createOutbox } from './outbox.ts';
import { messages, positionsOf, RelayWorld, wholeTask } from './relay-fixture.ts';
import { createRelayMetrics } from './relay-metrics.ts';

let world: RelayWorld;
beforeEach(async () => {
  world = await RelayWorld.open();
});
afterEach(() => world.close());

/** A stream up to position 8, and a log that begins anew. */
async function restore(): Promise<void> {
  const before = await world.relaying('before');
  await wholeTask(before);
  await wholeTask(before);
  await world.streamHolds(1n);
  await before.stop();
  await world.loseLog();
}

const discarded = /greencloud_relay_streams_discarded_total\{[^}]*why="(\w+)"[^}]*\} 1/;

it('makes a stream anew that is ahead of the log, and goes on from the log', async () => {
  await restore();
  const after = await world.relaying('after');
  await wholeTask(after);
  await world.streamHolds(1n);
  await wholeTask(after);
  expect(positionsOf(await world.streamHolds(1n))).toHaveLength(8);
  expect(discarded.exec(await after.scrape())?.[1]).toBe('ahead');
});

it('makes a stream anew whose last event is another in the log, which has passed it', async () => {
  await restore();
  const unheard = { appender: replica(world.db, 1) };
  for (let task = 0; task < 3; task += 1) await wholeTask(unheard);
  const after = await world.relaying('after');
  expect(positionsOf(await world.streamHolds(1n))).toHaveLength(12);
  expect(discarded.exec(await after.scrape())?.[1]).toBe('differs');
});

it('leaves a stream alone that the log confirms', async () => {
  const first = await world.relaying('first');
  await wholeTask(first);
  await world.streamHolds(1n);
  await first.stop();
  const { jsm } = await world.jetStream();
  const { created } = await jsm.streams.info('EVT_0');
  const second = await world.relaying('second');
  await wholeTask(second);
  await world.streamHolds(1n);
  expect((await jsm.streams.info('EVT_0')).created).toBe(created);
  expect(await second.scrape()).not.toMatch(discarded);
});

/** Leads by hand: no lease says that it may, but for `isCurrent`. */
function lead(bus: EventPublisher, isCurrent: LeaderOptions['isCurrent']) {
  const ending = new AbortController();
  const ended = leadPartition({
    partition: 0,
    db: world.db,
    bus,
    isCurrent,
    outbox: createOutbox(),
    logger: silent,
    signal: ending.signal,
    progress: createRelayMetrics(createMetrics('test')),
  }).catch(() => undefined);
  return async () => {
    ending.abort(new Error('the test is over'));
    await ended;
  };
}

it('deletes nothing under an epoch that is not the current one', async () => {
  await restore();
  let asked = 0;
  const stop = lead(await world.connectBus('zombie'), async () => {
    asked += 1;
    return 'no';
  });
  await eventually(() => expect(asked).toBeGreaterThan(2));
  await stop();
  const { jsm } = await world.jetStream();
  expect((await messages(jsm)).at(-1)?.id).toBe('0:8');
});

it('loses nothing by a zombie that deletes the stream of its successor, and goes on leading', async () => {
  await restore();
  const bus = await world.connectBus('zombie');
  const frozen = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  const deleted = Promise.withResolvers<void>();
  const slow: EventPublisher = {
    ...bus,
    async deleteStream(partition) {
      frozen.resolve();
      await thawed.promise;
      await bus.deleteStream(partition);
      deleted.resolve();
    },
  };
  // Its lease was the current one when it asked, and is no longer when it acts.
  const stop = lead(slow, async () => 'yes');
  await frozen.promise;
  const successor = await world.relaying('successor');
  await wholeTask(successor);
  await world.streamHolds(1n);
  const followed = await following();
  await eventually(() => expect(followed.positions).toEqual([1, 2, 3, 4]));

  thawed.resolve();
  await Promise.all([wholeTask(successor), wholeTask(successor), deleted.promise]);
  await wholeTask(successor);
  const head = Number(await readHead(world.db, 0));
  const all = Array.from({ length: head }, (_, index) => index + 1);
  await eventually(() => expect(followed.positions).toEqual(all));
  const { jsm } = await world.jetStream();
  const positions = await eventually(async () => {
    const found = positionsOf(await messages(jsm)).map(Number);
    expect(found.at(-1)).toBe(head);
    return found;
  });
  expect(positions).toEqual(all.slice(-positions.length));
  await stop();
  await followed.stop();
});

it('tells a follower that outlived the restore, and brings it the new log when it begins anew', async () => {
  const before = await world.relaying('before');
  await wholeTask(before);
  await wholeTask(before);
  const outliving = await following();
  await eventually(() => expect(outliving.positions).toHaveLength(8));
  const told = expect(outliving.ended).rejects.toThrow(LogSetBackError);
  await before.stop();
  await world.loseLog();
  const after = await world.relaying('after');
  await wholeTask(after);
  await world.streamHolds(1n);
  await told;
  expect(outliving.positions).toHaveLength(8);

  const anew = await following();
  await wholeTask(after);
  await eventually(() => expect(anew.positions).toEqual([1, 2, 3, 4, 5, 6, 7, 8]));
  await anew.stop();
});

/** As the projection and the scheduler follow: live, and from the log what NATS did not bring. */
async function following() {
  const positions: number[] = [];
  const ending = new AbortController();
  const bus = await world.connectBus('follower');
  const reader: Pick<LogReader, 'getLog' | 'readPartition'> = {
    getLog: async () => ({ partitions: 1, heads: [await readHead(world.db, 0)] }),
    async *readPartition(partition, after) {
      const range = { partition, after, upTo: 1_000n, limit: 1_000 };
      const events = await readPartition(world.db, range);
      if (events.length > 0) {
        const bytes = events.map((event) => batchOfOne(encodeStoredEvent(event, event.data)));
        yield decodeEventBatch(Buffer.concat(bytes));
      }
    },
  };
  const ended = follow({
    partition: 0,
    from: 0n,
    reader,
    bus,
    signal: ending.signal,
    apply: async (events) => void positions.push(...events.map(({ position }) => Number(position))),
  });
  return {
    positions,
    ended,
    async stop() {
      ending.abort();
      await ended;
    },
  };
}
