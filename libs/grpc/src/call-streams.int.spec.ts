import { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { gated, noting, streamingCallers } from './call-stream-fixture.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import { EchoClient, startEcho } from './echo-fixture.ts';

const { keep, streaming } = streamingCallers();

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
