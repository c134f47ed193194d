import { eventually, withNats } from '@greencloud/testing';
import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import type { Bus } from '../bus.ts';
import type { Previous } from '../messages.ts';
import { after, eventsFrom, listen, openBus } from './bus-fixture.ts';
import { createMemoryBus } from './memory-bus.ts';
import { MemoryNats } from './memory-nats.ts';
import type { NatsLine } from './nats-line.ts';

/** Both servers, with what a test may do to a stream beside publishing. */
interface Server {
  readonly bus: Bus;
  readonly purge: () => Promise<void>;
  readonly deleteStream: () => Promise<void>;
  /** With a subject for each task. */
  readonly makeOlderStream: () => Promise<void>;
}

const directLine: NatsLine = {
  status: () => 'connected',
  onStatus: () => () => undefined,
  request: async (_, act) => act(),
  push: (_, act) => queueMicrotask(act),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  close: () => undefined,
};

function memoryServer(): Server {
  const nats = new MemoryNats(() => Date.now());
  const { bus, peer } = createMemoryBus(nats, directLine);
  nats.peers.add(peer);
  return {
    bus,
    purge: async () => nats.streams.get('EVT_0')?.purge(),
    deleteStream: async () => nats.deleteStream('EVT_0'),
    makeOlderStream: async () => void nats.addStream('EVT_0', { subjects: ['evt.0.>'] }, 1),
  };
}

/** Everything that the chain can meet, in one history: the answers are what is compared. */
async function history({ bus, purge, deleteStream, makeOlderStream }: Server): Promise<unknown[]> {
  const nothing: Previous = { kind: 'empty', sequence: 0 };
  const answers: unknown[] = [];
  const publish = async (first: number, last: number, previous: Previous) => {
    const result = await bus.publish(eventsFrom(first, last), { partition: 0, previous });
    answers.push({ ...result, detail: undefined });
  };
  const ask = async () => {
    const end = await bus.lastPublished(0).catch(() => 'no stream');
    const isAt = typeof end === 'object' && end.kind === 'at';
    answers.push(isAt ? { ...end, bytes: Buffer.from(end.bytes).toString() } : end);
  };
  await ask();
  await publish(1, 2, nothing);
  await bus.ensureStream(0);
  await bus.ensureStream(0);
  await ask();
  const heard = listen(bus, 0);
  const watched = listen(bus, 0, 'watch');
  await eventually(() => expect(heard.breaks).toEqual(['subscribed']));
  await eventually(() => expect(watched.breaks).toEqual(['subscribed']));
  // What is purged before it was delivered never comes.
  const hasHeard = (position: number) =>
    eventually(() => expect(heard.positions.at(-1)).toBe(position));
  await publish(1, 5, nothing);
  await publish(1, 5, nothing);
  await publish(4, 7, after(3n, 1));
  await publish(6, 7, after(5n, 1));
  await publish(9, 9, after(8n, 2));
  await publish(8, 9, { kind: 'at', position: 7n, sequence: 2 });
  await publish(10, 10, { kind: 'at', position: 9n, sequence: 2 });
  await ask();
  await hasHeard(9);
  await purge();
  await ask();
  await publish(10, 11, after(9n, 3));
  await hasHeard(11);
  await purge();
  await publish(8, 11, { kind: 'empty', sequence: 4 });
  await publish(10, 12, { kind: 'empty', sequence: 4 });
  await ask();
  await hasHeard(12);
  answers.push([...heard.positions], [...watched.positions]);
  await deleteStream();
  await publish(13, 13, after(12n, 5));
  await ask();
  await eventually(() => expect(heard.breaks.length).toBeGreaterThan(1));
  await bus.deleteStream(0);
  await makeOlderStream();
  await bus.ensureStream(0);
  await publish(20, 21, nothing);
  await ask();
  await bus.deleteStream(0);
  await ask();
  await Promise.all([heard.stop(), watched.stop()]);
  return answers;
}

describe('the nats-server in memory', () => {
  it('answers a publisher and delivers as a real one does', async () => {
    await using nats = await withNats();
    const bus = await openBus(nats.url);
    const admin = await connect({ servers: nats.url });
    const jsm = await admin.jetstreamManager();
    const real: Server = {
      bus,
      purge: async () => void (await jsm.streams.purge('EVT_0')),
      deleteStream: async () => void (await jsm.streams.delete('EVT_0')),
      makeOlderStream: async () =>
        void (await jsm.streams.add({ name: 'EVT_0', subjects: ['evt.0.>'] })),
    };
    const [wanted, answered] = [await history(real), await history(memoryServer())];
    await admin.close();
    await bus.close();
    expect(answered).toEqual(wanted);
  });
});
