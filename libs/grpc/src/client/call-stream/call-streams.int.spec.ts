import { setTimeout } from 'node:timers/promises';
import { eventually } from '@greencloud/testing';
import { credentials, Metadata } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { noting } from '../../call-stream-fixture.ts';
import { closedAfterEach } from '../../cleanup-fixture.ts';
import { EchoClient, EchoService, type Message, startEcho } from '../../echo-fixture.ts';
import { StreamedCall } from '../../server/call-stream/streamed-call.ts';
import { targetOf } from '../target.ts';
import { callOverStream } from './call-over-stream.ts';
import { CallStreams } from './call-streams.ts';

const keep = closedAfterEach();
const insecure = credentials.createInsecure();
const robin = { 'grpc.service_config': '{"loadBalancingConfig":[{"round_robin":{}}]}' };

function echoOf(call: number) {
  return {
    method: EchoService.echo,
    request: { text: String(call) },
    metadata: new Metadata(),
    deadline: Date.now() + 10_000,
    signal: undefined,
  };
}

it('calls are spread over the servers, whichever was there first', async () => {
  const [here, there] = [noting(), noting()];
  const first = keep(await startEcho(here));
  const second = keep(await startEcho(there));
  const client = keep(
    new EchoClient(targetOf(`${first.address},${second.address}`), insecure, robin),
  );
  const streams = keep(new CallStreams(client, new Metadata(), 40));
  await eventually(async () => {
    for (const { ways } of [here, there]) ways.splice(0);
    for (let call = 0; call < 100; call += 1) {
      await callOverStream(client, streams, echoOf(call));
      await setTimeout(1);
    }
    for (const { ways } of [here, there]) {
      expect(ways.filter((way) => way === 'over a stream').length).toBeGreaterThan(25);
    }
  });
});

it('no call is lost while streams are renewed', async () => {
  const kept = new Set<unknown>();
  const { ways, echo } = noting(async (request, call) => {
    if (call instanceof StreamedCall) kept.add(call.metadata);
    await setTimeout(10);
    return request;
  });
  const { address } = keep(await startEcho({ echo }));
  const client = keep(new EchoClient(address, insecure));
  const streams = keep(new CallStreams(client, new Metadata(), 20));
  const calls: Promise<Message>[] = [];
  await eventually(
    async () => {
      calls.push(callOverStream(client, streams, echoOf(calls.length)));
      expect(kept.size, 'four are open at once').toBeGreaterThan(12);
    },
    { everyMs: 2 },
  );
  const answers = await Promise.all(calls);
  expect(answers.map(({ text }) => text)).toEqual(calls.map((_, call) => String(call)));
  expect(ways, 'none of them twice').toHaveLength(calls.length);
});
