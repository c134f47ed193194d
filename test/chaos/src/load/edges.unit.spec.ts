import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { openEdges } from './edges.ts';

async function edge(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** A port on which somebody has listened, and nobody does. */
async function deadEdge(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function asked(urls: readonly string[], times: number) {
  const edges = openEdges(urls);
  onTestFinished(() => edges.close());
  const ask = () => edges.send({ method: 'GET', path: '/', headers: {}, body: null });
  return Promise.all(Array.from({ length: times }, ask));
}

const saying =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text);

it('asks each edge in turn', async () => {
  const answers = await asked([await edge(saying('a')), await edge(saying('b'))], 4);
  expect(answers.map(({ text }) => text)).toEqual(['a', 'b', 'a', 'b']);
});

it('asks the other edge where nobody listens', async () => {
  const answers = await asked([await deadEdge(), await edge(saying('b'))], 2);
  expect(answers.map(({ text }) => text)).toEqual(['b', 'b']);
});

it('says that nobody listens when that is so of every edge', async () => {
  await expect(asked([await deadEdge(), await deadEdge()], 1)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

it('sends nothing again that an edge may have taken', async () => {
  let taken = 0;
  const dying = await edge((request) => {
    taken += 1;
    request.socket.destroy();
  });
  await expect(asked([dying, await edge(saying('b'))], 1)).rejects.toThrow('other side closed');
  expect(taken).toBe(1);
});

/** Begins to answer, and waits. */
const stream: RequestListener = (_, response) => {
  response.write('a');
};

it('gives what came of an answer that breaks', async () => {
  const dying = await edge((_, response) => {
    response.write('a', () => response.destroy());
  });
  expect(await asked([dying], 1)).toMatchObject([{ text: 'a', came: 'broken' }]);
});

it('gives what came of an answer until the patience ends', async () => {
  const edges = openEdges([await edge(stream)]);
  onTestFinished(() => edges.close());
  const patience = AbortSignal.timeout(200);
  const request = { method: 'GET', path: '/', headers: {}, body: null, patience };
  expect(await edges.send(request)).toMatchObject({ text: 'a', came: 'cut' });
});
