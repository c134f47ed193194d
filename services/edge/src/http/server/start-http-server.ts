import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAddress, parseAddress } from '@greencloud/runtime';
import { answerBrokenRequest } from './broken-request.ts';

export interface HttpServerOptions {
  /** `host:port`; port 0 takes a free one. */
  address: string;
  handle(request: IncomingMessage, response: ServerResponse): unknown;
  maxConnections: number;
  /** Whole request, headers and body. */
  requestTimeoutMs: number;
  keepAliveMs: number;
  /** How long requests in flight may go on when the server closes. */
  drainLimitMs: number;
}

export interface HttpServer {
  readonly url: string;
  /** Takes nothing new, lets what is in flight finish within the limit, then cuts. */
  close(): Promise<void>;
}

// Above the 8 KiB of a token, so that a larger one gets its 401 and not a 431.
const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 10_000;
// Node looks for late requests every 30 s by default; a 10 s limit would then be up to 40.
const checkEveryMs = 1_000;
const closeIdleEveryMs = 50;
// A client at work sends its next request within this, and is told to close; on a connection that
// was cut at once it lost 1 request of 1,600 in a rolling restart.
const idleGraceMs = 500;

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: Math.min(headersTimeoutMs, options.requestTimeoutMs),
    requestTimeout: options.requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: options.keepAliveMs,
    requireHostHeader: false,
  });
  server.maxConnections = options.maxConnections;
  const answers = new WeakMap<Duplex, ServerResponse>();
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
    if (!server.listening) response.setHeader('connection', 'close');
    options.handle(request, response);
  };
  server.on('request', handle);
  // "100 Continue" is said where the body is read: a refused upload is then never sent.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('clientError', (error, socket) => {
    // Bytes that are no HTTP may follow a request whose answer is half out already.
    if (answers.get(socket)?.headersSent === true) socket.destroy();
    else answerBrokenRequest(error, socket);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, options.address);
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${formatAddress({ host: address, port })}`,
    close: () => close(server, sockets, options.drainLimitMs),
  };
}

function listen(server: Server, address: string): Promise<void> {
  const wanted = parseAddress(address);
  if (wanted === undefined) throw new Error(`${address} is not host:port`);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted.port, wanted.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, sockets: Iterable<Socket>, limitMs: number): Promise<void> {
  const limit = setTimeout(() => server.closeAllConnections(), limitMs);
  // Not the close of http, which cuts idle connections with requests on their way.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  await Promise.race([closed, sleep(Math.min(idleGraceMs, limitMs), undefined, { ref: false })]);
  // Opened ahead by a browser or a pool and never used: not idle in Node's eyes.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  // A connection becomes idle when its answer is out, which Node does not look at again.
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleEveryMs);
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
}
