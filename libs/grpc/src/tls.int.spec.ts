import { writeFile } from 'node:fs/promises';
import { TLSSocket } from 'node:tls';
import { Client } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import { openCallStream } from './call-stream-fixture.ts';
import { type EchoService, startEcho } from './echo-fixture.ts';
import { healthDefinition } from './server/health-service.ts';
import type { CallersOf } from './service/callers.ts';
import { callers, ended, outcomeOf, tlsOf, tlsParts } from './tls-fixture.ts';

const { closed, ours, foreign, serve, call, clientOf, plainClientOf } = tlsParts();

/** A client of no service. */
const raw = async (address: string, files: Parameters<typeof tlsOf>[0]) => {
  const to = tlsOf(files).to('task-command');
  const hosts = ['127.0.0.1'];
  return closed(new Client(address, to.credentialsFor(hosts), to.optionsFor(hosts)));
};

describe('a server lets in', () => {
  it('a caller of its authority with a role that may call', async () => {
    const { address } = await serve();
    expect(await call(address, await ours().issue('edge'))).toBe('answered');
  });

  it('nobody without a certificate', async () => {
    const { address } = await serve();
    expect(await call(address, { caFile: ours().caFile })).toBe('UNAVAILABLE');
  });

  it('nobody with a certificate of another authority', async () => {
    const { address } = await serve();
    const files = { ...(await foreign().issue('edge')), caFile: ours().caFile };
    expect(await call(address, files)).toBe('UNAVAILABLE');
  });

  it('nobody whose certificate has ended', async () => {
    const { address } = await serve();
    expect(await call(address, await ours().issue('edge', ended()))).toBe('UNAVAILABLE');
  });

  it('nobody whose certificate does not count yet', async () => {
    const { address } = await serve();
    const notBefore = new Date(Date.now() + 60_000);
    expect(await call(address, await ours().issue('edge', { notBefore }))).toBe('UNAVAILABLE');
  });

  it('nobody in plaintext', async () => {
    const { address } = await serve();
    const plain = plainClientOf(address);
    expect(await outcomeOf(plain.unary('echo', { text: 'hi' }))).toBe('UNAVAILABLE');
  });

  it.each(['projection', 'node', 'king'])('%s to no method that is not its own', async (role) => {
    const { address } = await serve();
    expect(await call(address, await ours().issue(role))).toBe('FORBIDDEN');
  });
});

describe('each method has its callers', () => {
  it('whatever its kind', async () => {
    const { address } = await serve();
    const client = clientOf(address, await ours().issue('operator'), 'task-command');
    const count = client.serverStream('count', { text: '1' });
    expect(await outcomeOf(client.unary('echo', { text: 'hi' }))).toBe('answered');
    expect(await outcomeOf(firstOf(count))).toBe('FORBIDDEN');
    expect(await outcomeOf(firstOf(client.duplex('chat').responses))).toBe('FORBIDDEN');
  });

  it('and its handler never hears of the others', async () => {
    const texts: string[] = [];
    const echo = async (request: { text: string }) => {
      texts.push(request.text);
      return request;
    };
    const tls = tlsOf(await ours().issue('task-command'));
    const { address } = closed(await startEcho({ echo }, { tls }, callers));
    const scheduler = clientOf(address, await ours().issue('scheduler'), 'task-command');
    const edge = clientOf(address, await ours().issue('edge'), 'task-command');
    await outcomeOf(scheduler.unary('echo', { text: 'of the scheduler' }));
    await outcomeOf(edge.unary('echo', { text: 'of the edge' }));
    expect(texts).toEqual(['of the edge']);
  });

  it('looked up once for each connection, however many calls it carries', async () => {
    const { address } = await serve();
    const client = clientOf(address, await ours().issue('edge'), 'task-command');
    await client.unary('echo', { text: 'first' });
    const read = vi.spyOn(TLSSocket.prototype, 'getPeerCertificate');
    for (const text of ['second', 'third']) await client.unary('echo', { text });
    expect(read).not.toHaveBeenCalled();
  });

  it('also where calls come over a stream, which everybody may open', async () => {
    const { address } = await serve();
    const echoOf = async (role: string) => {
      const stream = await openCallStream(await raw(address, await ours().issue(role)));
      return await outcomeOf(closed(stream).call());
    };
    expect(await echoOf('edge')).toBe('answered');
    expect(await echoOf('projection')).toBe('FORBIDDEN');
  });

  it('and a service that names none does not start', async () => {
    const tls = tlsOf(await ours().issue('task-command'));
    await expect(startEcho({}, { tls })).rejects.toThrow('Echo does not say who may call it');
  });

  it('but in plaintext nobody is asked', async () => {
    const { address } = closed(await startEcho({}, {}, callers));
    const plain = plainClientOf(address);
    expect(await outcomeOf(plain.unary('echo', { text: 'hi' }))).toBe('answered');
  });
});

describe('health and reflection', () => {
  const bytes = (value: Buffer) => value;

  it('are open to everybody with a good certificate', async () => {
    const { address } = await serve();
    const client = await raw(address, await ours().issue('king'));
    const answers = await Promise.all([health(client), servicesBy(client)]);
    expect(answers[0]).toEqual({ status: 'SERVING' });
    expect(answers[1]).toContain('grpc.health.v1.Health');
  });

  it('are closed to everybody else', async () => {
    const { address } = await serve();
    const client = await raw(address, { caFile: ours().caFile });
    await expect(health(client)).rejects.toThrow('UNAVAILABLE');
    await expect(servicesBy(client)).rejects.toThrow('UNAVAILABLE');
  });

  function health(client: Client): Promise<unknown> {
    const check = healthDefinition['Check'];
    if (check === undefined) throw new Error('no health definition');
    const { path, requestSerialize, responseDeserialize } = check;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service: '' },
        { deadline: Date.now() + 1_000 },
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      );
    });
  }

  function servicesBy(client: Client): Promise<string> {
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const stream = client.makeBidiStreamRequest(path, bytes, bytes);
    // ListServices of grpc.reflection.v1: field 7, `*`.
    stream.write(Buffer.from('\x3a\x01*'));
    return new Promise((resolve, reject) => {
      stream.once('data', (answer: Buffer) => resolve(answer.toString('latin1')));
      stream.once('error', reject);
    });
  }
});

describe('a caller believes', () => {
  it('no server of another authority', async () => {
    const { address } = await serve(await foreign().issue('task-command'));
    expect(await call(address, await ours().issue('edge'))).toBe('UNAVAILABLE');
  });

  it('no server of another role', async () => {
    const { address } = await serve();
    const edge = await ours().issue('edge');
    expect(await call(address, edge, 'scheduler')).toBe('UNAVAILABLE');
    expect(await call(address, edge, 'task-command')).toBe('answered');
  });

  it('no server at an address that its certificate does not name', async () => {
    const tls = tlsOf(await ours().issue('task-command'));
    const options = { tls, address: '127.0.0.2:0' };
    const { address } = closed(await startEcho({}, options, callers));
    expect(await call(address, await ours().issue('edge'))).toBe('UNAVAILABLE');
  });

  it('one of several addresses that the certificate names', async () => {
    const { address } = await serve();
    expect(await call(`127.0.0.2:1,${address}`, await ours().issue('edge'))).toBe('answered');
  });
});

describe('the door for nodes', () => {
  const byToken: CallersOf<typeof EchoService> = {
    echo: 'node token',
    count: 'node token',
    chat: 'node token',
  };

  it('asks for no certificate and proves its own', async () => {
    const tls = tlsOf(await ours().issue('scheduler'));
    const { address } = closed(await startEcho({}, { tls, door: 'nodes' }, byToken));
    expect(await call(address, { caFile: ours().caFile }, 'scheduler')).toBe('answered');
    expect(await call(address, { caFile: foreign().caFile }, 'scheduler')).toBe('UNAVAILABLE');
  });

  it('serves nothing that is meant for services, nor they what is meant for nodes', async () => {
    const tls = tlsOf(await ours().issue('scheduler'));
    const amongNodes = startEcho({}, { tls, door: 'nodes' }, callers);
    await expect(amongNodes).rejects.toThrow('does not belong at the door for nodes');
    const amongServices = startEcho({}, { tls }, byToken);
    await expect(amongServices).rejects.toThrow('does not belong at the door for services');
  });
});

describe('at the start', () => {
  it('the file that is missing is named', () => {
    const files = { caFile: ours().caFile, certFile: '/nowhere/me.pem', keyFile: '/nowhere/key' };
    expect(() => tlsOf(files)).toThrow('/nowhere/me.pem');
  });

  it('a file that is no certificate is named', async () => {
    const files = await ours().issue('edge');
    await writeFile(files.certFile, 'not PEM');
    expect(() => tlsOf(files)).toThrow(`${files.certFile} holds no PEM`);
  });

  it('a key of another certificate is refused', async () => {
    const [one, two] = [await ours().issue('edge'), await ours().issue('edge')];
    const files = { ...one, keyFile: two.keyFile };
    expect(() => tlsOf(files)).toThrow(`${two.keyFile} is not of ${one.certFile}`);
  });

  it('a server without a certificate does not start', async () => {
    const tls = tlsOf({ caFile: ours().caFile });
    await expect(startEcho({}, { tls }, callers)).rejects.toThrow('a server needs a certificate');
  });
});

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
