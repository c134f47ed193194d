import { EventBatch, type RecordedEvent } from '@greencloud/proto/task/v1/event';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from './client.ts';
import { type Stack, startStack } from './stack.ts';

describe('the whole way of a task', () => {
  let stack: Stack;
  let api: RestClient;

  beforeAll(async () => {
    stack = await startStack({ nodes: 2 });
    api = stack.api;
  });
  afterAll(async () => {
    await stack?.stop();
  });

  it('leads through all its events, in order and dense', async () => {
    const id = await api.issue(stack.file.demo.lambdaId, 'the quick brown fox');
    await api.result(id);

    const events = await api.history(id);

    const types = events.map((e) => e.type);
    expect(types.filter((type, i) => type !== types[i - 1])).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskProgressed',
      'TaskFinished',
    ]);
    expect(events.map((e) => e.version)).toEqual(events.map((_, i) => i + 1));
  });

  it('is answered by GET from the moment of the 201', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => api.issue(stack.file.demo.lambdaId, 'at once')),
    );
    const answers = await Promise.all(ids.map((id) => api.call('GET', `/v1/task/${id}`)));
    expect(answers.map((answer) => answer.status)).toEqual(ids.map(() => 200));
  });

  it('stands on JetStream in messages of contiguous events, each chained to the one before', async () => {
    const id = await api.issue(stack.file.demo.lambdaId, 'headers');
    await api.result(id);
    const versions = (await api.history(id)).map(({ version }) => version);

    const messages = await storedMessages(stack.file.natsUrl);

    const events = messages.flatMap((message) => message.events);
    const ours = events.filter(({ taskId }) => taskId === id);
    expect(ours.map(({ version }) => version)).toEqual(versions);
    for (const { events, messageId, previous } of messages) {
      const [first] = events;
      if (first === undefined) throw new Error('a message without events');
      const positions = events.map(({ position }) => position);
      expect(positions).toEqual(events.map((_, index) => first.position + BigInt(index)));
      expect(messageId).toBe(`${first.partition}:${positions.at(-1)}`);
      // An empty stream has no last id: its first message is chained by the sequence.
      if (first.position > 1n) expect(previous).toBe(`${first.partition}:${first.position - 1n}`);
    }
  });

  it('finishes 2,000 tasks of 64 connections with the right answer', async () => {
    const lambdaId = await api.createLambda(
      'square',
      'export default async (request) => { const n = Number(await request.text()); return { n, square: n * n }; };',
    );
    const numbers = Array.from({ length: 2_000 }, (_, i) => i);

    const ids = await Promise.all(numbers.map((n) => api.issue(lambdaId, String(n))));
    const answers = await Promise.all(ids.map((id) => api.result(id)));

    expect(new Set(ids).size).toBe(2_000);
    expect(answers.map((answer) => answer.json())).toEqual(
      numbers.map((n) => ({ n, square: n * n })),
    );
  });
});

/** All messages that JetStream holds, in the order of each partition. */
async function storedMessages(natsUrl: string) {
  const { host, username, password } = new URL(natsUrl);
  const nats = await connect({ servers: host, user: username, pass: password });
  try {
    const jetstream = nats.jetstream();
    const manager = await nats.jetstreamManager();
    const streams = await manager.streams.list().next();
    const stored: { messageId: string; previous: string; events: RecordedEvent[] }[] = [];
    for (const { config, state } of streams) {
      if (state.messages === 0) continue;
      const consumer = await jetstream.consumers.get(config.name);
      for await (const message of await consumer.fetch({ max_messages: state.messages })) {
        stored.push({
          messageId: message.headers?.get('Nats-Msg-Id') ?? '',
          previous: message.headers?.get('Nats-Expected-Last-Msg-Id') ?? '',
          events: EventBatch.decode(message.data).events,
        });
      }
    }
    return stored;
  } finally {
    await nats.close();
  }
}
