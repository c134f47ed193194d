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

  it('stands on JetStream, each event chained to the one before', async () => {
    const id = await api.issue(stack.file.demo.lambdaId, 'headers');
    await api.result(id);
    const versions = (await api.history(id)).length;

    const stored = await storedEvents(stack.file.natsUrl, id);

    expect(stored.length).toBe(versions);
    for (const { messageId, previous } of stored) {
      const [partition, position] = messageId.split(':').map(Number);
      expect(previous).toBe(`${partition}:${(position ?? 0) - 1}`);
    }
    const positions = stored.map((event) => Number(event.messageId.split(':')[1]));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
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

/** The events of a task as JetStream holds them. */
async function storedEvents(natsUrl: string, taskId: string) {
  const { host, username, password } = new URL(natsUrl);
  const nats = await connect({ servers: host, user: username, pass: password });
  try {
    const jetstream = nats.jetstream();
    const manager = await nats.jetstreamManager();
    const streams = await manager.streams.list().next();
    const stored: { messageId: string; previous: string }[] = [];
    for (const stream of streams) {
      const filterSubjects = `${stream.config.subjects[0]?.replace('>', taskId)}.>`;
      const consumer = await jetstream.consumers.get(stream.config.name, { filterSubjects });
      const messages = await consumer.fetch({ max_messages: 100, expires: 1_000 });
      for await (const message of messages) {
        stored.push({
          messageId: message.headers?.get('Nats-Msg-Id') ?? '',
          previous: message.headers?.get('Nats-Expected-Last-Msg-Id') ?? '',
        });
      }
    }
    return stored;
  } finally {
    await nats.close();
  }
}
