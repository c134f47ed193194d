import { Writable } from 'node:stream';
import { DomainError } from '@greencloud/domain';
import { BatcherClosedError, createMetrics, QueueFullError } from '@greencloud/runtime';
import { eventually } from '@greencloud/testing';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import { EchoClient, EchoService, startEcho } from './echo-fixture.ts';
import type { CallContext } from './service/call-context.ts';

const keep = closedAfterEach();
const never = () => new Promise<never>(() => {});

async function echoing(...args: Parameters<typeof startEcho>) {
  const server = keep(await startEcho(...args));
  return { server, client: keep(createGrpcClient(EchoClient, server.address)) };
}

function failing(error: unknown) {
  return echoing({
    echo: async () => {
      throw error;
    },
  });
}

describe('errors', () => {
  it('come back with the code, the message and the fields that were thrown', async () => {
    const thrown = new DomainError('VALIDATION_FAILED', 'two members are wrong', [
      { pointer: '/name', detail: 'too long' },
      { pointer: '/lang', detail: 'unknown' },
    ]);
    const { client } = await failing(thrown);
    await expect(client.unary('echo', { text: '' })).rejects.toEqual(thrown);
  });

  it('have the status of their code for callers that do not know us', async () => {
    const { server } = await failing(new DomainError('LAMBDA_NOT_FOUND', 'no such lambda'));
    expect(await rawCall(server.address, Date.now() + 5_000)).toMatchObject({
      code: status.NOT_FOUND,
      details: 'no such lambda',
    });
  });

  it('of any other kind are INTERNAL without a detail, and logged with their stack', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const broken = { echo: () => Promise.reject(new Error('select * from secrets')) };
    const { client } = await echoing(broken, { logger: pino({}, stream) });
    const error = await client.unary('echo', { text: '' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INTERNAL', message: 'internal error', fields: [] });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      method: '/greencloud.test.EchoService/Echo',
      err: { message: 'select * from secrets', stack: expect.stringContaining('unary.int.spec') },
    });
  });

  it.each([
    [new QueueFullError(), 'OVERLOADED'],
    [new BatcherClosedError(), 'UNAVAILABLE'],
  ])('of a batcher are %s', async (thrown, code) => {
    const { client } = await failing(thrown);
    await expect(client.unary('echo', { text: '' })).rejects.toMatchObject({ code });
  });

  it('of a database are what the service says they are', async () => {
    const mapError = (error: unknown) =>
      String(error).includes('ECONNREFUSED')
        ? new DomainError('UNAVAILABLE', 'no database')
        : error;
    const broken = (message: string) => ({ echo: () => Promise.reject(new Error(message)) });
    const away = await echoing(broken('connect ECONNREFUSED'), { mapError });
    const call = away.client.unary('echo', { text: '' });
    await expect(call).rejects.toEqual(new DomainError('UNAVAILABLE', 'no database'));
    const bug = await echoing(broken('no such column'), { mapError });
    await expect(bug.client.unary('echo', { text: '' })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  it('may have a message that is not well-formed text', async () => {
    const { client } = await failing(new DomainError('TASK_FAILED', 'half a pair: \ud83d'));
    await expect(client.unary('echo', { text: '' })).rejects.toMatchObject({ code: 'TASK_FAILED' });
  });

  it('are UNAVAILABLE when no server listens', async () => {
    const { server, client } = await echoing();
    await server.close();
    await expect(client.unary('echo', { text: '' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('deadline', () => {
  it('is demanded of every unary call', async () => {
    const { server } = await echoing();
    expect(await rawCall(server.address, undefined)).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'the call needs a deadline',
    });
  });

  it('ends the call, and aborts what the server still does', async () => {
    let seen: CallContext | undefined;
    const { client } = await echoing({
      echo: (_request, call) => {
        seen = call;
        void call.signal;
        return never();
      },
    });
    const call = client.unary('echo', { text: '' }, { deadlineMs: 200 });
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await eventually(() => seen?.signal.aborted === true);
    // Both ends keep the same deadline: the client's reset may be the first to come.
    expect(['DEADLINE_EXCEEDED', 'CANCELLED']).toContain(seen?.signal.reason.code);
  });

  it('is passed on to the next service with the call', async () => {
    const deadlines: number[] = [];
    const second = await echoing({
      echo: async (request, call) => {
        deadlines.push(call.deadline);
        return request;
      },
    });
    const first = await echoing({
      echo: (request, call) => second.client.unary('echo', request, call),
    });
    const deadlineMs = 1_234;
    const startedAt = Date.now();
    await first.client.unary('echo', { text: '' }, { deadlineMs });
    expect(deadlines[0]).toBeLessThanOrEqual(Date.now() + deadlineMs);
    expect(deadlines[0]).toBeGreaterThanOrEqual(startedAt + deadlineMs - 10);
  });
});

describe('cancel', () => {
  it('reaches the handler, and the handler of the next service', async () => {
    const reasons: unknown[] = [];
    let reached = 'no';
    const waitForAbort = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
      });
    const second = await echoing({
      echo: (_request, call) => {
        reached = 'yes';
        return waitForAbort(call.signal);
      },
    });
    const first = await echoing({
      echo: (request, call) => second.client.unary('echo', request, call),
    });
    const abort = new AbortController();
    const call = first.client.unary('echo', { text: '' }, { signal: abort.signal });
    await eventually(() => reached === 'yes');
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await eventually(() =>
      expect(reasons).toEqual([expect.objectContaining({ code: 'CANCELLED' })]),
    );
  });

  it('before the call is made sends nothing', async () => {
    const seen: string[] = [];
    const { client } = await echoing({
      echo: async (request) => {
        seen.push(request.text);
        return request;
      },
    });
    const aborted = client.unary('echo', { text: 'no' }, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' });
    await client.unary('echo', { text: 'yes' });
    expect(seen).toEqual(['yes']);
  });

  it('is not what the end of a call looks like to its signal', async () => {
    let seen: CallContext | undefined;
    const { client } = await echoing({
      echo: async (request, call) => {
        seen = call;
        void call.signal;
        return request;
      },
    });
    for (let call = 0; call < 3; call += 1) await client.unary('echo', { text: '' });
    expect(seen?.signal.aborted).toBe(false);
  });
});

describe('messages', () => {
  it('of more than 4 MiB are refused unless the limit is raised on both sides', async () => {
    const { client } = await echoing();
    const text = 'x'.repeat(5 * 1024 * 1024);
    await expect(client.unary('echo', { text })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });

    const maxMessageBytes = 64 * 1024 * 1024;
    const wide = await echoing({}, { maxMessageBytes });
    const wideClient = keep(createGrpcClient(EchoClient, wide.server.address, { maxMessageBytes }));
    expect((await wideClient.unary('echo', { text })).text).toHaveLength(text.length);
  });

  it('come with the metadata that the client was made with', async () => {
    const { server } = await echoing({
      echo: async (_request, call) => ({ text: String(call.metadata.get('authorization')[0]) }),
    });
    const metadata = { authorization: 'Bearer x' };
    const client = keep(createGrpcClient(EchoClient, server.address, { metadata }));
    expect(await client.unary('echo', { text: '' })).toEqual({ text: 'Bearer x' });
  });
});

it('measures every call by method and status', async () => {
  const metrics = createMetrics('test');
  const { client } = await echoing(
    {
      echo: async (request) => {
        if (request.text === 'bad') throw new DomainError('CONFLICT', 'no');
        return request;
      },
    },
    { metrics },
  );
  await client.unary('echo', { text: 'good' });
  await client.unary('echo', { text: 'bad' }).catch(() => undefined);
  const text = await metrics.scrape();
  const method = 'method="/greencloud.test.EchoService/Echo"';
  expect(text).toContain(`greencloud_grpc_server_seconds_count{${method},code="OK"} 1`);
  expect(text).toContain(`greencloud_grpc_server_seconds_count{${method},code="ABORTED"} 1`);
});

/** A call as any other gRPC client would make it. */
function rawCall(address: string, deadline: number | undefined): Promise<ServiceError | null> {
  const client = new EchoClient(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = EchoService.echo;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { text: '' },
      new Metadata(),
      deadline === undefined ? {} : { deadline },
      (error) => {
        client.close();
        resolve(error);
      },
    );
  });
}
