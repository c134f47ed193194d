import { DomainError } from '@greencloud/domain';
import { LambdaCatalogServiceService } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { eventually } from '@greencloud/testing';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import { EchoClient, startEcho } from './echo-fixture.ts';
import type { ImplementationOf } from './service/method-types.ts';
import { service } from './service/service.ts';
import { healthDefinition } from './server/health-service.ts';

const keep = closedAfterEach();
const never = () => new Promise<never>(() => {});

function rawClient(address: string): Client {
  return keep(new Client(address, credentials.createInsecure()));
}

describe('health', () => {
  const { Check, Watch } = healthDefinition;
  if (Check === undefined || Watch === undefined) throw new Error('no health definition');

  function checkOf(client: Client, name: string): Promise<ServiceError | object | undefined> {
    const { path, requestSerialize, responseDeserialize } = Check as NonNullable<typeof Check>;
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service: name },
        (error, answer) => resolve(error ?? answer),
      );
    });
  }

  it('follows the state of the service, under every name, without a deadline', async () => {
    const server = keep(await startEcho());
    const client = rawClient(server.address);
    for (const name of ['', 'greencloud.test.EchoService']) {
      expect(await checkOf(client, name)).toEqual({ status: 'SERVING' });
    }
    server.health.addCheck('postgres', () => 'no connection');
    expect(await checkOf(client, '')).toEqual({ status: 'NOT_SERVING' });
    expect(await checkOf(client, 'other')).toMatchObject({ code: status.NOT_FOUND });
  });

  it('tells a watcher of each change, and ends the watch in a drain', async () => {
    const server = keep(await startEcho());
    const client = rawClient(server.address);
    const { path, requestSerialize, responseDeserialize } = Watch;
    const seen: unknown[] = [];
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      service: '',
    });
    const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    stream.on('data', (answer) => seen.push(answer));
    await eventually(() => expect(seen).toEqual([{ status: 'SERVING' }]));
    server.health.set('draining');
    await eventually(() => expect(seen.at(-1)).toEqual({ status: 'NOT_SERVING' }));
    await server.drain();
    expect(await ended).toMatchObject({ code: status.UNAVAILABLE });
  });
});

describe('reflection', () => {
  const reflect = async (address: string, request: Buffer): Promise<Buffer> => {
    const bytes = (value: Buffer) => value;
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const stream = rawClient(address).makeBidiStreamRequest(path, bytes, bytes);
    stream.write(request);
    return new Promise((resolve, reject) => stream.once('data', resolve).once('error', reject));
  };
  const field = (number: number, text: string) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)]);
  const unused = {} as ImplementationOf<typeof LambdaCatalogServiceService>;
  const implementation = new Proxy(unused, { get: () => never });
  const services = [service(LambdaCatalogServiceService, implementation)];

  it('lists what the server has, and nothing else', async () => {
    const server = keep(await startEcho({}, { services }));
    const listed = (await reflect(server.address, field(7, '*'))).toString('latin1');
    expect(listed).toContain('greencloud.lambda.v1.LambdaCatalogService');
    expect(listed).toContain('grpc.health.v1.Health');
    expect(listed).not.toContain('TaskCommandService');
  });

  it('gives a map of health as protoc does, or clients in Go refuse the file', async () => {
    const server = keep(await startEcho({}, { services }));
    const answer = await reflect(server.address, field(4, 'grpc.health.v1.HealthListResponse'));
    expect(answer.toString('latin1')).toContain('StatusesEntry');
  });

  it.each([
    'greencloud.lambda.v1.LambdaCatalogService',
    'grpc.health.v1.Health',
    'google.rpc.ErrorInfo',
    'google.rpc.BadRequest',
  ])('gives the file that defines %s', async (symbol) => {
    const server = keep(await startEcho({}, { services }));
    const answer = (await reflect(server.address, field(4, symbol))).toString('latin1');
    expect(answer).toContain('.proto');
    expect(answer).toContain(symbol.split('.').at(-1));
  });
});

describe('drain', () => {
  it('lets calls in flight finish, and takes no new ones', async () => {
    const requests: (() => void)[] = [];
    const server = keep(
      await startEcho({
        echo: (request) =>
          new Promise((resolve) => {
            requests.push(() => resolve(request));
          }),
      }),
    );
    const client = keep(createGrpcClient(EchoClient, server.address));
    const inFlight = client.unary('echo', { text: 'a' });
    await eventually(() => expect(requests).toHaveLength(1));
    const drained = server.drain();
    expect(server.health.state).toBe('draining');
    const late = keep(createGrpcClient(EchoClient, server.address));
    await expect(late.unary('echo', { text: 'b' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    requests[0]?.();
    expect(await inFlight).toEqual({ text: 'a' });
    await drained;
  });

  it('ends streams at once, also those whose handlers do not look', async () => {
    const server = keep(await startEcho());
    const client = keep(createGrpcClient(EchoClient, server.address));
    const chat = client.duplex('chat');
    const reader = chat.responses[Symbol.asyncIterator]();
    await chat.send({ text: 'a' });
    await reader.next();
    const startedAt = performance.now();
    await server.drain();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await expect(reader.next()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the server drains',
    });
  });

  it('does not let a stream that returns early look complete', async () => {
    const server = keep(
      await startEcho({
        async *count(_request, call) {
          yield { text: '1' };
          await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
        },
      }),
    );
    const client = keep(createGrpcClient(EchoClient, server.address));
    const reader = client.serverStream('count', { text: '' })[Symbol.asyncIterator]();
    await reader.next();
    void server.drain();
    await expect(reader.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('ends at its limit what does not end by itself', async () => {
    let called = 'no';
    const server = keep(
      await startEcho(
        {
          echo: () => {
            called = 'yes';
            return never();
          },
        },
        { drainLimitMs: 100 },
      ),
    );
    const client = keep(createGrpcClient(EchoClient, server.address));
    const hanging = client.unary('echo', { text: '' }).catch((error: unknown) => error);
    await eventually(() => called === 'yes');
    await server.drain();
    expect(await hanging).toHaveProperty('code');
  });
});

describe('a client', () => {
  it('that calls an idempotent method waits for a server that restarts', async () => {
    const first = keep(await startEcho());
    const { address } = first;
    const client = keep(createGrpcClient(EchoClient, address, { idempotent: ['echo'] }));
    await client.unary('echo', { text: 'a' });
    await first.close();
    const waiting = client.unary('echo', { text: 'b' });
    keep(await startEcho({}, { address }));
    expect(await waiting).toEqual({ text: 'b' });
  });

  it('that calls another method is told that the server is away', async () => {
    const first = keep(await startEcho());
    const client = keep(createGrpcClient(EchoClient, first.address));
    await client.unary('echo', { text: 'a' });
    await first.close();
    await expect(client.unary('echo', { text: 'b' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    keep(await startEcho({}, { address: first.address }));
    await eventually(async () => {
      expect(await client.unary('echo', { text: 'c' })).toEqual({ text: 'c' });
    });
  });

  it('tries for itself where another one has failed and still waits', async () => {
    const ended = await startEcho();
    await ended.close();
    const { address } = ended;
    const other = keep(createGrpcClient(EchoClient, address));
    await expect(other.unary('echo', { text: '' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    keep(await startEcho({}, { address }));
    const client = keep(createGrpcClient(EchoClient, address));
    expect(await client.unary('echo', { text: 'a' })).toEqual({ text: 'a' });
  });

  it('repeats an idempotent call that the server could not serve, and no other', async () => {
    let calls = 0;
    const server = keep(
      await startEcho({
        echo: async (request) => {
          calls += 1;
          if (calls < 3) throw new DomainError('UNAVAILABLE', 'no database');
          return request;
        },
      }),
    );
    const once = keep(createGrpcClient(EchoClient, server.address));
    await expect(once.unary('echo', { text: '' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls).toBe(1);
    const again = keep(createGrpcClient(EchoClient, server.address, { idempotent: ['echo'] }));
    await again.unary('echo', { text: '' });
    expect(calls).toBe(3);
  });

  it('spreads its calls over all servers, and goes on with those that are left', async () => {
    const named = async (text: string) => keep(await startEcho({ echo: async () => ({ text }) }));
    const [a, b] = [await named('a'), await named('b')];
    const client = keep(createGrpcClient(EchoClient, `${a.address},${b.address}`));
    const answers = async () => {
      const calls = Array.from({ length: 10 }, () => client.unary('echo', { text: '' }));
      return new Set((await Promise.all(calls)).map(({ text }) => text));
    };
    await eventually(async () => expect(await answers()).toEqual(new Set(['a', 'b'])));
    await a.drain();
    expect(await answers()).toEqual(new Set(['b']));
  });

  it('is ready when a server is there, and says when none is', async () => {
    const server = keep(await startEcho());
    await keep(createGrpcClient(EchoClient, server.address)).ready();
    const ended = await startEcho();
    await ended.close();
    const other = keep(createGrpcClient(EchoClient, ended.address));
    await expect(other.ready({ withinMs: 50 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const stopped = other.ready({ signal: AbortSignal.abort(new Error('stopping')) });
    await expect(stopped).rejects.toThrow('stopping');
  });
});

it('renews a connection after its age without failing a call', async () => {
  const server = keep(await startEcho({}, { maxConnectionAgeMs: 50 }));
  const client = keep(createGrpcClient(EchoClient, server.address));
  const until = Date.now() + 300;
  while (Date.now() < until) {
    expect(await client.unary('echo', { text: 'a' })).toEqual({ text: 'a' });
  }
});

it('refuses an address that is taken or none at all', async () => {
  const { address } = keep(await startEcho());
  await expect(startEcho({}, { address })).rejects.toThrow('EADDRINUSE');
  await expect(startEcho({}, { address: 'nowhere' })).rejects.toThrow('nowhere is not host:port');
});
