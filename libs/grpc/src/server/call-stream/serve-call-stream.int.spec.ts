import { setTimeout } from 'node:timers/promises';
import type { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { Client, credentials } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { openCallStream } from '../../call-stream-fixture.ts';
import { closedAfterEach } from '../../cleanup-fixture.ts';
import { type EchoImplementation, startEcho } from '../../echo-fixture.ts';

const keep = closedAfterEach();

async function streamTo(echo: EchoImplementation['echo']) {
  const { address } = keep(await startEcho({ echo }));
  const client = keep(new Client(address, credentials.createInsecure()));
  return keep(await openCallStream(client)).call;
}

it('takes no more than 256 calls of a stream at once, and in the end all of them', async () => {
  const gate = Promise.withResolvers<void>();
  let taken = 0;
  const call = await streamTo(async (request) => {
    taken += 1;
    await gate.promise;
    return request;
  });
  const calls = Array.from({ length: 1_000 }, () => call());
  const standing = await eventually(async () => {
    const before = taken;
    await setTimeout(100);
    expect(taken).toBe(before);
    expect(taken).toBeGreaterThanOrEqual(256);
    return taken;
  });
  // What has been read from the connection already is still handed over, message by message.
  expect(standing).toBeLessThan(300);
  gate.resolve();
  expect(await Promise.all(calls)).toHaveLength(1_000);
});

it('names the method that it does not have', async () => {
  const call = await streamTo(async (request) => request);
  const error = await call('/greencloud.test.EchoService/Shout').catch(
    (reason: DomainError) => reason,
  );
  expect(error).toMatchObject({
    code: 'INVALID_PARAMETER',
    message: 'no unary method /greencloud.test.EchoService/Shout',
  });
});

it('serves no method that streams', async () => {
  const call = await streamTo(async (request) => request);
  await expect(call('/greencloud.test.EchoService/Count')).rejects.toMatchObject({
    code: 'INVALID_PARAMETER',
  });
});

it('refuses a call whose deadline has passed', async () => {
  const texts: string[] = [];
  const call = await streamTo(async (request) => {
    texts.push(request.text);
    return request;
  });
  await expect(call(undefined, 0)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await call();
  expect(texts).toEqual(['hi']);
});

it('lets a call take as long as a timer can wait, whatever it asks for', async () => {
  const call = await streamTo(async (request, { signal }) => {
    await setTimeout(20);
    signal.throwIfAborted();
    return request;
  });
  expect(String(await call(undefined, 2 ** 40))).toBe('hi');
});
