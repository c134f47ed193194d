import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@greencloud/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { rawConnection } from '../testing/raw-connection.ts';
import { runnableLambda } from '../testing/runnable-lambda.ts';
import { startTestEdge, type TestEdge } from '../testing/test-edge.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function newEdge(env: Record<string, string> = {}): Promise<TestEdge> {
  const edge = await startTestEdge(env);
  closers.push(() => edge.close());
  return edge;
}

async function raw(edge: TestEdge) {
  const connection = await rawConnection(edge.url);
  closers.push(() => connection.destroy());
  return connection;
}

async function newTask(edge: TestEdge): Promise<string> {
  const lambdaId = await runnableLambda(edge);
  const task = await edge.send('POST', '/v1/task', { body: { lambdaId, timeout: 10 } });
  return (task.json as { id: string }).id;
}

describe('the HTTP server', () => {
  it('answers what is no HTTP with a problem', async () => {
    const connection = await raw(await newEdge());
    connection.write('HELO there\r\n\r\n');
    expect(await connection.whole).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*problem\+json[\s\S]*MALFORMED_REQUEST/,
    );
  });

  it('answers headers past 16 KiB with 431, and a token of 9 KiB with 401', async () => {
    const edge = await newEdge();
    const connection = await raw(edge);
    connection.write(`GET /v1/metrics HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await connection.whole).toMatch(/^HTTP\/1\.1 431 [\s\S]*HEADERS_TOO_LARGE/);
    const token = `a.${'x'.repeat(9 * 1024)}.b`;
    expectProblem(await edge.send('GET', '/v1/metrics', { token }), 401, 'NEEDS_LOGIN');
  });

  it('answers what is on its way when it closes, on used and unused connections, and says close', async () => {
    const edge = await startTestEdge();
    const request = 'GET /v1/metrics HTTP/1.1\r\nhost: x\r\n\r\n';
    const [used, unused] = [await raw(edge), await raw(edge)];
    used.write(request);
    await eventually(() => used.received().includes('401'));
    const closed = edge.close();
    for (const connection of [used, unused]) connection.write(request);
    const answers = (await Promise.all([used.whole, unused.whole])).map((text) =>
      [...text.matchAll(/HTTP\/1\.1 401|connection: close/gi)].map(([match]) => match),
    );
    expect(answers).toEqual([
      ['HTTP/1.1 401', 'HTTP/1.1 401', 'connection: close'],
      ['HTTP/1.1 401', 'connection: close'],
    ]);
    await closed;
  });

  it('wants a Host header (RFC 9112)', async () => {
    const connection = await raw(await newEdge());
    connection.write('GET /v1/metrics HTTP/1.1\r\nconnection: close\r\n\r\n');
    expect(await connection.whole).toMatch(/^HTTP\/1\.1 400 [\s\S]*INVALID_PARAMETER/);
  });

  it('ends headers and bodies that arrive drop by drop, and serves others meanwhile', async () => {
    const edge = await newEdge({ GC_REQUEST_TIMEOUT_MS: '500' });
    const token = await edge.token();
    const headers = await raw(edge);
    headers.write('GET /v1/metrics HTTP/1.1\r\nhost: x\r\n');
    const body = await raw(edge);
    body.write(
      `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\n` +
        'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"lambda',
    );
    expect((await edge.send('GET', '/v1/metrics')).status).toBe(200);
    expect(await headers.whole).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
    expect(await body.whole).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
  });

  it('refuses an upload before it is sent when the client asks first', async () => {
    const edge = await newEdge();
    const token = await edge.token();
    const ask = async (length: number) => {
      const connection = await raw(edge);
      connection.write(
        `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\nexpect: 100-continue\r\n` +
          `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
      );
      return connection;
    };
    expect(await (await ask(50_000_000)).whole).toMatch(/^HTTP\/1\.1 413 /);
    const small = await ask(2);
    await eventually(() => small.received().startsWith('HTTP/1.1 100 Continue'));
    small.write('{}');
    await eventually(() => small.received().includes('HTTP/1.1 422 '));
  });

  it('answers 413 to an upload of 50 MB, and cuts who sends on regardless', async () => {
    const edge = await newEdge();
    const connection = await raw(edge);
    connection.write(
      `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${await edge.token()}\r\n` +
        'content-type: application/json\r\ncontent-length: 50000000\r\n\r\n',
    );
    await eventually(() => connection.received().startsWith('HTTP/1.1 413 '));
    const chunk = new Uint8Array(64 * 1024);
    const cut = connection.whole.then(() => 'cut' as const);
    let state: string = 'open';
    for (let sent = 0; state === 'open' && sent < 50_000_000; sent += chunk.length) {
      connection.write(chunk);
      state = await Promise.race([cut, sleep(1, 'open')]);
    }
    expect(state).toBe('cut');
  });

  it('lets a client that sends all before it reads see its 413', async () => {
    const edge = await newEdge();
    const headers = { 'content-type': 'application/json' };
    const answer = await edge.send('POST', '/v1/task', {
      body: new Uint8Array(4_000_000),
      headers,
    });
    expectProblem(answer, 413, 'PAYLOAD_TOO_LARGE');
  });

  it('counts chunked bodies too', async () => {
    const edge = await newEdge();
    const connection = await raw(edge);
    connection.write(
      `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${await edge.token()}\r\n` +
        'content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    for (let n = 0; n < 26; n += 1) connection.write(chunk);
    await eventually(() => connection.received().startsWith('HTTP/1.1 413 '));
  });

  it('keeps a connection for further requests', async () => {
    const edge = await newEdge();
    const connection = await raw(edge);
    const request = `GET /v1/metrics HTTP/1.1\r\nhost: x\r\nauthorization: ${await edge.token()}\r\n\r\n`;
    connection.write(request + request);
    await eventually(() => connection.received().split('HTTP/1.1 200').length === 3);
  });

  it('takes no more connections than allowed', async () => {
    const edge = await newEdge({ GC_MAX_CONNECTIONS: '2' });
    const held = [await raw(edge), await raw(edge), await raw(edge)];
    const ends = held.map((connection) => connection.whole.then(() => 'closed'));
    expect(await Promise.race(ends)).toBe('closed');
  });
});

describe('long requests', () => {
  it('are refused past the limit with 503', async () => {
    const edge = await newEdge({ GC_MAX_STREAMS: '1' });
    const id = await newTask(edge);
    const client = new AbortController();
    await edge.open(`/v1/task/${id}/watch`, { signal: client.signal });
    expectProblem(await edge.send('GET', `/v1/task/${id}/watch`), 503, 'OVERLOADED');
    const waiting = await edge.send('GET', `/v1/task/${id}/result?wait=5`);
    expectProblem(waiting, 503, 'OVERLOADED');
    expect(waiting.headers.get('retry-after')).toBe('1');
    client.abort();
    const ended = await eventually(async () => {
      const response = await edge.open(`/v1/task/${id}/watch`);
      return response.status === 200 && response;
    });
    edge.backends.finish(id);
    expect(await ended.text()).toContain('TaskFinished');
  });
});

describe('stopping', () => {
  it('lets requests in flight finish, ends watches cleanly, refuses the rest', async () => {
    const edge = await newEdge();
    const id = await newTask(edge);
    const watch = await edge.open(`/v1/task/${id}/watch`);
    const waiting = edge.send('GET', `/v1/task/${id}/result?wait=60`);
    await eventually(() => edge.backends.calls.sizes('watchTask').length === 2);
    const release = edge.backends.calls.hold('batchGetTasks');
    const reads = edge.backends.calls.sizes('batchGetTasks').length;
    const inFlight = edge.send('GET', `/v1/task/${id}`);
    await eventually(() => edge.backends.calls.sizes('batchGetTasks').length > reads);

    const startedAt = performance.now();
    const stopped = edge.stopHttp();
    expect(await watch.text()).toContain('TaskIssued');
    expectProblem(await waiting, 503, 'UNAVAILABLE');
    await expect(fetch(edge.url)).rejects.toThrow();
    release();
    expect((await inFlight).status).toBe(200);
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('cuts requests that take longer than its limit', async () => {
    const edge = await newEdge({ GC_DRAIN_LIMIT_MS: '100' });
    const id = await newTask(edge);
    const release = edge.backends.calls.hold('batchGetTasks');
    const reads = edge.backends.calls.sizes('batchGetTasks').length;
    const inFlight = edge.send('GET', `/v1/task/${id}`);
    await eventually(() => edge.backends.calls.sizes('batchGetTasks').length > reads);
    const cut = expect(inFlight).rejects.toThrow();
    await edge.stopHttp();
    await cut;
    release();
  });
});

describe('a part that is down', () => {
  it('makes its own routes UNAVAILABLE and leaves the others alone', async () => {
    const edge = await newEdge();
    const id = await newTask(edge);
    await edge.backends.stop('scheduler');
    expect((await edge.send('GET', `/v1/task/${id}`)).status).toBe(200);
    expect((await edge.send('GET', '/v1/lambda/list')).status).toBe(200);
    const answer = await edge.send('POST', '/v1/node/1a061cfd-df01-4b02-a067-5122c5941e15');
    expectProblem(answer, 503, 'UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|connect/);
  });

  it('is waited for by calls that may be repeated, up to the deadline', async () => {
    const edge = await newEdge();
    const id = await newTask(edge);
    await edge.backends.stop('projection');
    const startedAt = performance.now();
    expectProblem(await edge.send('GET', `/v1/task/${id}`), 503, 'UNAVAILABLE');
    const ms = performance.now() - startedAt;
    expect(ms).toBeGreaterThan(4_500);
    expect(ms).toBeLessThan(12_000);
  });
});
