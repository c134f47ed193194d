import { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import { EchoClient, type Message, startEcho } from './echo-fixture.ts';
import type { CallContext } from './service/call-context.ts';

const keep = closedAfterEach();

async function echoing(...args: Parameters<typeof startEcho>) {
  const server = keep(await startEcho(...args));
  return { server, client: keep(createGrpcClient(EchoClient, server.address)) };
}

async function texts(responses: AsyncIterable<Message>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { text } of responses) seen.push(text);
  return seen;
}

/** Counts what the handler of a stream was asked for, and how its stream ended. */
function endless(size: number) {
  const seen = { produced: 0, ended: 'no', reason: undefined as unknown };
  const text = 'x'.repeat(size);
  async function* count(_request: Message, call: CallContext) {
    call.signal.addEventListener('abort', () => {
      seen.reason = call.signal.reason;
    });
    try {
      for (;;) {
        seen.produced += 1;
        yield { text };
      }
    } finally {
      seen.ended = 'yes';
    }
  }
  return { seen, count };
}

async function standsStill(read: () => number): Promise<number> {
  return eventually(async () => {
    const before = read();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(read()).toBe(before);
    return before;
  });
}

describe('a server stream', () => {
  it('gives every message in order', async () => {
    const { client } = await echoing();
    const seen = await texts(client.serverStream('count', { text: '1000' }));
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => String(index + 1)));
  });

  it('does not begin before somebody reads it', async () => {
    const { seen, count } = endless(1);
    const { client } = await echoing({ count });
    client.serverStream('count', { text: '' });
    await client.unary('echo', { text: '' });
    expect(seen.produced).toBe(0);
  });

  it('makes no more messages than a slow reader takes', async () => {
    const size = 64 * 1024;
    const { seen, count } = endless(size);
    const { client } = await echoing({ count });
    const reader = client.serverStream('count', { text: '' })[Symbol.asyncIterator]();
    await reader.next();
    const held = await standsStill(() => seen.produced);
    // Buffers of both ends and of the kernel, not the memory of the machine: below 16 MiB.
    expect(held).toBeLessThan(256);
    for (let read = 0; read < held; read += 1) await reader.next();
    expect(await standsStill(() => seen.produced)).toBeGreaterThan(held);
    await reader.return?.();
    await eventually(() => seen.ended === 'yes');
  });

  it('ends at the server when the reader leaves the loop', async () => {
    const { seen, count } = endless(10);
    const { client } = await echoing({ count });
    for await (const _message of client.serverStream('count', { text: '' })) break;
    await eventually(() =>
      expect(seen).toMatchObject({ ended: 'yes', reason: { code: 'CANCELLED' } }),
    );
  });

  it('ends at an abort with its reason', async () => {
    const { seen, count } = endless(10);
    const { client } = await echoing({ count });
    const abort = new AbortController();
    const reading = (async () => {
      for await (const _message of client.serverStream(
        'count',
        { text: '' },
        { signal: abort.signal },
      )) {
        if (seen.produced > 10) abort.abort(new DomainError('UNAVAILABLE', 'enough'));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'enough' });
    await eventually(() => seen.ended === 'yes');
  });

  it('gives what came before an error, then the error', async () => {
    const { client } = await echoing({
      async *count() {
        yield { text: 'one' };
        throw new DomainError('FENCED', 'another attempt runs');
      },
    });
    const reader = client.serverStream('count', { text: '' })[Symbol.asyncIterator]();
    expect((await reader.next()).value).toEqual({ text: 'one' });
    await expect(reader.next()).rejects.toEqual(new DomainError('FENCED', 'another attempt runs'));
  });

  it('has no deadline of its own, but keeps one that it is given', async () => {
    const deadlines: number[] = [];
    const { client } = await echoing({
      // oxlint-disable-next-line eslint/require-yield -- waits for its end
      async *count(_request, call) {
        deadlines.push(call.deadline);
        await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      },
    });
    const limited = texts(client.serverStream('count', { text: '' }, { deadlineMs: 50 }));
    await expect(limited).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    const abort = new AbortController();
    const open = texts(client.serverStream('count', { text: '' }, { signal: abort.signal }));
    // On a busy machine the other call was over before it came here.
    await eventually(() => expect(deadlines.at(-1)).toBe(Infinity));
    abort.abort();
    await expect(open).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a stream both ways', () => {
  it('answers while requests come, and ends when the client is done', async () => {
    const { client } = await echoing();
    const chat = client.duplex('chat');
    const reading = texts(chat.responses);
    for (const text of ['a', 'b', 'c']) await chat.send({ text });
    chat.end();
    expect(await reading).toEqual(['a', 'b', 'c']);
  });

  it('refuses a message after its end, and still hears the answers', async () => {
    const { client } = await echoing();
    const chat = client.duplex('chat');
    await chat.send({ text: 'a' });
    chat.end();
    await expect(chat.send({ text: 'late' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await texts(chat.responses)).toEqual(['a']);
  });

  it('may answer after the handler stopped reading', async () => {
    const { client } = await echoing({
      async *chat(requests) {
        for await (const request of requests) {
          yield request;
          break;
        }
        yield { text: 'goodbye' };
      },
    });
    const chat = client.duplex('chat');
    await chat.send({ text: 'hello' });
    expect(await texts(chat.responses)).toEqual(['hello', 'goodbye']);
  });

  it('tells both ends of a refusal', async () => {
    const { client } = await echoing({
      // oxlint-disable-next-line eslint/require-yield -- refuses before it answers anything
      async *chat() {
        throw new DomainError('NEEDS_LOGIN', 'the token is not known');
      },
    });
    const chat = client.duplex('chat', { metadata: { authorization: 'x' } });
    await expect(texts(chat.responses)).rejects.toMatchObject({ code: 'NEEDS_LOGIN' });
    await expect(chat.send({ text: 'late' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('gives what came before an error, then the error, though requests are still read', async () => {
    const { client } = await echoing({
      async *chat(requests) {
        const reader = requests[Symbol.asyncIterator]();
        await reader.next();
        reader.next().catch(() => undefined);
        yield { text: 'one' };
        throw new DomainError('FENCED', 'another session has begun');
      },
    });
    const chat = client.duplex('chat');
    await chat.send({ text: 'hello' });
    const reader = chat.responses[Symbol.asyncIterator]();
    expect((await reader.next()).value).toEqual({ text: 'one' });
    await expect(reader.next()).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('ends the requests of the handler when the client cancels', async () => {
    let ended: unknown;
    const { client } = await echoing({
      async *chat(requests) {
        try {
          for await (const request of requests) yield request;
        } catch (error) {
          ended = error;
          throw error;
        }
      },
    });
    const chat = client.duplex('chat');
    const reader = chat.responses[Symbol.asyncIterator]();
    await chat.send({ text: 'a' });
    await reader.next();
    chat.cancel();
    await expect(reader.next()).rejects.toMatchObject({ code: 'CANCELLED' });
    await eventually(() => expect(ended).toMatchObject({ code: 'CANCELLED' }));
  });

  it('holds the sender back while the handler does not read', async () => {
    const { client } = await echoing({
      // oxlint-disable-next-line eslint/require-yield -- never reads, never answers
      async *chat(_requests, call) {
        await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      },
    });
    const chat = client.duplex('chat');
    let sent = 0;
    const sending = (async () => {
      for (;;) {
        await chat.send({ text: 'x'.repeat(64 * 1024) });
        sent += 1;
      }
    })();
    expect(await standsStill(() => sent)).toBeLessThan(256);
    chat.cancel();
    await expect(sending).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('wakes a hundred senders by one wait', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => warnings.push(name);
    process.on('warning', onWarning);
    const { client } = await echoing();
    const chat = client.duplex('chat');
    const seen = texts(chat.responses);
    const text = 'x'.repeat(64 * 1024);
    await Promise.all(Array.from({ length: 100 }, () => chat.send({ text })));
    chat.end();
    expect(await seen).toHaveLength(100);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
