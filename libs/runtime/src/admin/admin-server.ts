import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, formatAddress, parseAddress } from '../config/address.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/instruments.ts';
import type { Health } from './health.ts';

export interface AdminServerOptions {
  /** `host:port`; port 0 takes a free one. */
  address: string;
  health: Health;
  metrics: Metrics;
  logger: Logger;
}

export interface AdminServer {
  readonly url: string;
  close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `/livez`, `/readyz` (503 while starting, draining or cut off) and `/metrics` (Prometheus text). */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer((request, response) => {
    void respond(request, response, options);
  });
  const listenOn = parseAddress(options.address);
  if (listenOn === undefined) throw new Error(`${options.address} is not host:port`);
  await listen(server, listenOn);
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${formatAddress({ host: address, port })}`,
    close: () => close(server),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminServerOptions,
): Promise<void> {
  const answer = await answerTo(request, options).catch((error: unknown) => {
    options.logger.error({ err: error }, 'the admin server failed');
    return text(500, 'failed\n');
  });
  response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
  response.end(answer.body);
}

async function answerTo(
  request: IncomingMessage,
  { health, metrics }: AdminServerOptions,
): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET\n');
  switch (pathOf(request)) {
    case '/livez':
      return text(200, 'ok\n');
    case '/readyz':
      return readiness(health);
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics.scrape() };
    default:
      return text(404, 'not found\n');
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*/s, '');
}

function readiness(health: Health): Answer {
  const body = JSON.stringify({ state: health.state, problems: health.problems() });
  return { status: health.serving === 'yes' ? 200 : 503, type: 'application/json', body };
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
