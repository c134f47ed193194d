import { eventually } from '@greencloud/testing';
import { type Client, Metadata } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { CallStream } from './client/call-stream/call-stream.ts';
import { createGrpcClient } from './client/grpc-client.ts';
import {
  EchoClient,
  type EchoImplementation,
  EchoService,
  type Message,
  startEcho,
} from './echo-fixture.ts';
import { StreamedCall } from './server/call-stream/streamed-call.ts';
import type { CallContext } from './service/call-context.ts';

export type Echo = EchoImplementation['echo'];

/** Notes of each call how it came, before `echo` answers it. */
export function noting(echo: Echo = async (request) => request) {
  const ways: ('over a stream' | 'by itself')[] = [];
  const noted: Echo = (request, call) => {
    ways.push(call instanceof StreamedCall ? 'over a stream' : 'by itself');
    return echo(request, call);
  };
  return { ways, echo: noted };
}

/** Callers whose calls go over streams; all is closed after each test. */
export function streamingCallers() {
  const keep = closedAfterEach();
  const callerOf = (address: string) =>
    keep(createGrpcClient(EchoClient, address, { idempotent: ['echo'], calls: 'over streams' }));

  /** A server, and a caller whose streams are all open. */
  async function streaming(echo?: Echo, options: Parameters<typeof startEcho>[1] = {}) {
    const { ways, echo: noted } = noting(echo);
    const server = keep(await startEcho({ echo: noted }, options));
    const client = callerOf(server.address);
    await eventually(async () => {
      for (let call = 0; call < 8; call += 1) await client.unary('echo', { text: 'warm' });
      expect(new Set(ways.splice(0).slice(-8))).toEqual(new Set(['over a stream']));
    });
    return { server, client, ways };
  }
  return { keep, callerOf, streaming };
}

/** `echo` over one stream to the server of this client, once it is open. */
export async function openCallStream(client: Client) {
  const opened = Promise.withResolvers<void>();
  const end = () => opened.reject(new Error('the stream was not opened'));
  const stream = new CallStream(client, new Metadata(), { open: opened.resolve, end });
  await opened.promise;
  return {
    call: (method: string = EchoService.echo.path, deadlineMs = 10_000) =>
      stream.call({
        method,
        request: Buffer.from('hi'),
        deadline: Date.now() + deadlineMs,
        signal: undefined,
      }),
    close: () => stream.close(),
  };
}

/** Answers `warm` at once, and everything else when it is told to. */
export function gated() {
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
