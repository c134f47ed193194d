import { DomainError } from '@greencloud/domain';
import { createHealth } from '@greencloud/runtime';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import { EchoClient, type EchoImplementation, type Message, startEcho } from './echo-fixture.ts';
import { StreamedCall } from './server/call-stream/streamed-call.ts';
import type { CallContext } from './service/call-context.ts';

type Echo = EchoImplementation['echo'];

const keep = closedAfterEach();

/** Notes of each call how it came, before `echo` answers it. */
function noting(echo: Echo = async (request) => request) {
  const ways: ('over a stream' | 'by itself')[] = [];
  const noted: Echo = (request, call) => {
    ways.push(call instanceof StreamedCall ? 'over a stream' : 'by itself');
    return echo(request, call);
  };
  return { ways, echo: noted };
}

function callerOf(address: string) {
  return keep(
    createGrpcClient(EchoClient, address, { idempotent: ['echo'], calls: 'over streams' }),
  );
}

type Caller = ReturnType<typeof callerOf>;

/** Until all its streams are open. */
async function warm(client: Caller, ways: string[]) {
  await eventually(async () => {
    for (let call = 0; call < 8; call += 1) await client.unary('echo', { text: 'warm' });
    expect(new Set(ways.splice(0).slice(-8))).toEqual(new Set(['over a stream']));
  });
}

async function streaming(echo?: Echo, options: Parameters<typeof startEcho>[1] = {}) {
  const noted = noting(echo);
  const server = keep(await startEcho({ echo: noted.echo }, options));
  const client = callerOf(server.address);
  await warm(client, noted.ways);
  return { server, client, ways: noted.ways };
}

/** Answers `warm` at once, and everything else when it is told to. */
function gated() {
  const gate = Promise.withResolvers<void>();
  const calls: { text: string; call: CallContext }[] = [];
  const echo = async (request: Message, call: CallContext) => {
    if (request.text === 'warm') return request;
    calls.push({ text: request.text, call });
    if (request.text !== 'quick') await gate.promise;
    return request;
  };
  return { echo, calls, open: gate.resolve };
}

describe('an idempotent call', () => {
  it('goes over an open stream and is answered as without one', async () => {
    const { client, ways } = await streaming();
    expect(await client.unary('echo', { text: 'hello' })).toEqual({ text: 'hello' });
    expect(ways).toEqual(['over a stream']);
  });

  it('of others goes by itself', async () => {
    const { ways, echo } = noting();
    const server = keep(await startEcho({ echo }));
    const client = keep(createGrpcClient(EchoClient, server.address, { calls: 'over streams' }));
    for (let call = 0; call < 20; call += 1) await client.unary('echo', { text: '' });
    expect(new Set(ways)).toEqual(new Set(['by itself']));
  });

  it('gets the error that the server threw', async () => {
    const thrown = new DomainError('VALIDATION_FAILED', 'wrong', [{ pointer: '/a', detail: 'b' }]);
    const { client } = await streaming(async (request) => {
      if (request.text === 'bad') throw thrown;
      return request;
    });
    await expect(client.unary('echo', { text: 'bad' })).rejects.toEqual(thrown);
  });

  it('waits for no slower one', async () => {
    const { echo, open } = gated();
    const { client } = await streaming(echo);
    const slow = Array.from({ length: 8 }, () => client.unary('echo', { text: 'slow' }));
    expect(await client.unary('echo', { text: 'quick' })).toEqual({ text: 'quick' });
    open();
    await Promise.all(slow);
  });

  it('that is large goes by itself, for it would hold up the small ones', async () => {
    const { client, ways } = await streaming();
    const text = 'x'.repeat(100_000);
    expect(await client.unary('echo', { text })).toEqual({ text });
    expect(ways).toEqual(['by itself']);
  });

  it('ends at its deadline, for the caller and for the handler', async () => {
    const { echo, calls, open } = gated();
    const { client } = await streaming(echo);
    const call = client.unary('echo', { text: 'slow' }, { deadlineMs: 300 });
    const signal = await eventually(async () => {
      expect(calls).toHaveLength(1);
      return calls[0]?.call.signal;
    });
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await eventually(async () =>
      expect(signal?.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' }),
    );
    open();
  });

  it('ends at an abort, for the caller and for the handler', async () => {
    const { echo, calls, open } = gated();
    const { client } = await streaming(echo);
    const abort = new AbortController();
    const call = client.unary('echo', { text: 'slow' }, { signal: abort.signal });
    const outcome = expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await eventually(async () => expect(calls).toHaveLength(1));
    abort.abort();
    await outcome;
    await eventually(async () =>
      expect(calls[0]?.call.signal.reason).toMatchObject({ code: 'CANCELLED' }),
    );
    open();
  });

  it('is aborted at the server when its caller goes', async () => {
    const { echo, calls, open } = gated();
    const { client } = await streaming(echo);
    const call = client.unary('echo', { text: 'slow' }).catch(() => 'failed');
    await eventually(async () => expect(calls).toHaveLength(1));
    client.close();
    await eventually(async () =>
      expect(calls[0]?.call.signal.reason).toMatchObject({ code: 'CANCELLED' }),
    );
    open();
    expect(await call).toBe('failed');
  });
});

describe('no call is lost', () => {
  it('when the server drains: what it has taken is answered, and it ends', async () => {
    const { echo, calls, open } = gated();
    const { client, server } = await streaming(echo);
    const slow = Array.from({ length: 8 }, () => client.unary('echo', { text: 'slow' }));
    await eventually(async () => expect(calls).toHaveLength(8));
    const drained = server.drain();
    open();
    expect(await Promise.all(slow)).toHaveLength(8);
    await drained;
    expect(calls, 'none of them twice').toHaveLength(8);
  });

  it('when the server goes in the middle: it is repeated at the next one', async () => {
    const { echo, calls } = gated();
    const { client, server } = await streaming(echo);
    const call = client.unary('echo', { text: 'slow' });
    await eventually(async () => expect(calls).toHaveLength(1));
    await server.close();
    keep(await startEcho({}, { address: server.address }));
    expect(await call).toEqual({ text: 'slow' });
  });

  it('while streams are renewed for their age', async () => {
    const streams = new Set<unknown>();
    const echo: Echo = async (request, call) => {
      if (call instanceof StreamedCall) streams.add(call.metadata);
      return request;
    };
    const { client } = await streaming(echo, { maxConnectionAgeMs: 50 });
    // A stream that stays is broken 3 s after the age of its connection, by the next ping.
    const until = Date.now() + 2_000;
    while (streams.size <= 8 && Date.now() < until) await client.unary('echo', { text: '' });
    expect(streams.size, 'four are open at once').toBeGreaterThan(8);
  });

  it('at a server that has no streams for calls', async () => {
    const { ways, echo } = noting();
    const health = createHealth();
    health.set('ready');
    const server = keep(await startEcho({ echo }, { health, door: 'nodes' }));
    const client = callerOf(server.address);
    for (let call = 0; call < 20; call += 1) await client.unary('echo', { text: '' });
    expect(ways).toEqual(Array.from({ length: 20 }, () => 'by itself'));
  });
});
