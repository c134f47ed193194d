import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { rawConnection } from '../../testing/raw-connection.ts';
import { writeEventStream } from './event-stream.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

describe('event streams', () => {
  it('carry comments while nothing happens', async () => {
    const url = await serve((_, response) => {
      const source = (async function* () {
        yield { event: 'A', id: '1', data: { a: 'x\ny' } };
        await sleep(60);
        yield { event: 'B', id: '2', data: {} };
      })();
      const { signal } = new AbortController();
      void writeEventStream(response, source, { signal, commentMs: 10 });
    });
    const text = await (await fetch(url)).text();
    expect(text).toMatch(
      /^retry:1000\n\nevent:A\nid:1\ndata:{"a":"x\\ny"}\n\n(:\n\n)+event:B\nid:2\ndata:{}\n\n(:\n\n)*$/,
    );
  });

  it('are cut when the client does not read', async () => {
    const closed = Promise.withResolvers<string>();
    const url = await serve((_, response) => {
      const source = (async function* () {
        for (;;) yield { event: 'A', id: '1', data: { a: 'x'.repeat(100_000) } };
      })();
      const end = new AbortController();
      response.once('close', () => end.abort());
      void writeEventStream(response, source, { signal: end.signal, commentMs: 100 }).then(() =>
        closed.resolve('cut'),
      );
    });
    const connection = await rawConnection(url);
    closers.push(() => connection.destroy());
    connection.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    connection.pause();
    expect(await closed.promise).toBe('cut');
  });
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
