import { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { gated, noting, streamingCallers } from './call-stream-fixture.ts';
import { type Message, startEcho } from './echo-fixture.ts';

const { keep, callerOf, streaming } = streamingCallers();

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

  it('when the server drains for long: what comes meanwhile goes to the next one', async () => {
    const { echo, calls, open } = gated();
    const first = keep(await startEcho({ echo }));
    const seen: string[] = [];
    const next = await startEcho();
    await next.close();
    const client = callerOf(`${first.address},${next.address}`);
    await client.unary('echo', { text: 'warm' });
    const slow = Array.from({ length: 16 }, () => client.unary('echo', { text: 'slow' }));
    await eventually(async () => expect(calls).toHaveLength(16));
    async function* count(request: Message) {
      seen.push('connected');
      yield request;
    }
    keep(await startEcho({ count }, { address: next.address }));
    await eventually(async () => {
      for await (const _ of client.serverStream('count', { text: '1' }));
      expect(seen).toContain('connected');
    });
    const drained = first.drain();
    for (let call = 0; call < 8; call += 1) {
      await client.unary('echo', { text: 'quick' }, { deadlineMs: 1_000 });
    }
    expect(calls, 'none of them went there').toHaveLength(16);
    open();
    await Promise.all(slow);
    await drained;
  });

  it('when a server cannot now: it is repeated as by itself', async () => {
    let refusals = 2;
    const { client, ways } = await streaming(async (request) => {
      if (request.text === 'warm') return request;
      refusals -= 1;
      if (refusals >= 0) throw new DomainError('UNAVAILABLE', 'no database');
      return request;
    });
    expect(await client.unary('echo', { text: 'hi' })).toEqual({ text: 'hi' });
    expect(ways).toEqual(['over a stream', 'by itself', 'by itself']);
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

  it('at a server that has no streams for calls', async () => {
    const { ways, echo } = noting();
    const server = keep(await startEcho({ echo }, { door: 'nodes' }));
    const client = callerOf(server.address);
    for (let call = 0; call < 20; call += 1) await client.unary('echo', { text: '' });
    expect(ways).toEqual(Array.from({ length: 20 }, () => 'by itself'));
  });
});
