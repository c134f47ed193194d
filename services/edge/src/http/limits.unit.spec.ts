import { parseTenantId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { createBodyMemory } from './body/body-memory.ts';
import { createOpenStreams } from './streams/open-streams.ts';

const tenant = parseTenantId('5f0000000000000000000001');
const other = parseTenantId('5f0000000000000000000002');
const overloaded = expect.objectContaining({ code: 'OVERLOADED' });

describe('the memory of bodies', () => {
  it('refuses what would pass its limit, and takes it after a release', () => {
    const memory = createBodyMemory(1_000_000);
    const first = memory.open();
    first.take(900_000);
    expect(() => memory.open().take(200_000)).toThrow(overloaded);
    first.release();
    memory.open().take(200_000);
    expect(memory.held).toBe(200_000);
  });

  it('always lets small bodies through', () => {
    const memory = createBodyMemory(1_000_000);
    memory.open().take(1_000_000);
    const small = memory.open();
    small.take(4 * 1024);
    expect(() => small.take(1)).toThrow(overloaded);
  });
});

describe('open streams', () => {
  const never = new AbortController().signal;
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (signal.aborted) reject(signal.reason as Error);
    });

  it('are refused at the limit, and free their place when they end', async () => {
    const streams = createOpenStreams({ all: 1, perTenant: 1 });
    const client = new AbortController();
    const held = streams.hold(tenant, client.signal, untilAborted);
    await expect(streams.hold(tenant, never, async () => 1)).rejects.toEqual(overloaded);
    client.abort(new Error('gone'));
    await expect(held).rejects.toThrow('gone');
    await expect(streams.hold(tenant, never, async () => 1)).resolves.toBe(1);
    expect(streams.open).toBe(0);
  });

  it('are refused at the limit of a tenant, and not to the others', async () => {
    const streams = createOpenStreams({ all: 3, perTenant: 1 });
    const client = new AbortController();
    const held = streams.hold(tenant, client.signal, untilAborted);
    const refused = streams.hold(tenant, never, async () => 1);
    await expect(refused).rejects.toEqual(expect.objectContaining({ code: 'NO_QUOTA_AVAILABLE' }));
    await expect(streams.hold(other, never, async () => 1)).resolves.toBe(1);
    client.abort(new Error('gone'));
    await expect(held).rejects.toThrow('gone');
    await expect(streams.hold(tenant, never, async () => 1)).resolves.toBe(1);
  });

  it('end with a client that was gone before they began', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(
      createOpenStreams({ all: 1, perTenant: 1 }).hold(tenant, gone, untilAborted),
    ).rejects.toThrow('gone');
  });

  it('all end when the service stops, and none begins', async () => {
    const streams = createOpenStreams({ all: 10, perTenant: 10 });
    const held = [
      streams.hold(tenant, never, untilAborted),
      streams.hold(tenant, never, untilAborted),
    ];
    streams.endAll();
    const stopping = expect.objectContaining({ code: 'UNAVAILABLE' });
    for (const one of held) await expect(one).rejects.toEqual(stopping);
    await expect(streams.hold(tenant, never, async () => 1)).rejects.toEqual(stopping);
  });
});
