import { setTimeout } from 'node:timers/promises';
import type { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { closedAfterEach } from '../../cleanup-fixture.ts';
import { CallStream } from '../../client/call-stream/call-stream.ts';
import { type EchoImplementation, startEcho } from '../../echo-fixture.ts';

const keep = closedAfterEach();
const echoPath = '/greencloud.test.EchoService/Echo';

async function streamTo(echo: EchoImplementation['echo']) {
  const { address } = keep(await startEcho({ echo }));
  const client = keep(new Client(address, credentials.createInsecure()));
  const opened = Promise.withResolvers<void>();
  const stream = new CallStream(client, new Metadata(), { open: opened.resolve, end: () => {} });
  keep(stream);
  await opened.promise;
  return (method: string, deadlineMs = 10_000) =>
    stream.call({
      method,
      request: Buffer.from('hi'),
      deadline: Date.now() + deadlineMs,
      signal: undefined,
    });
}

it('takes no more than 256 calls of a stream at once, and in the end all of them', async () => {
  const gate = Promise.withResolvers<void>();
  let taken = 0;
  const call = await streamTo(async (request) => {
    taken += 1;
    await gate.promise;
    return request;
  });
  const calls = Array.from({ length: 1_000 }, () => call(echoPath));
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
  await expect(call(echoPath, 0)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await call(echoPath);
  expect(texts).toEqual(['hi']);
});

it('lets a call take as long as a timer can wait, whatever it asks for', async () => {
  const call = await streamTo(async (request, { signal }) => {
    await setTimeout(20);
    signal.throwIfAborted();
    return request;
  });
  expect(String(await call(echoPath, 2 ** 40))).toBe('hi');
});
