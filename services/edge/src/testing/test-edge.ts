import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHealth, createLogger, createMetrics } from '@greencloud/runtime';
import type { JWTPayload } from 'jose';
import { readConfig } from '../config.ts';
import { type FakeBackends, startFakeBackends } from '../grpc/testing/fake-backends.ts';
import { startEdge } from '../start-edge.ts';
import { createTokenMint, testAudience, testIssuer, type TokenMint } from './token-mint.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

export interface TestRequest {
  readonly headers?: Record<string, string>;
  /** Objects go out as JSON, with its content type. */
  readonly body?: object | string | Uint8Array<ArrayBuffer>;
  /** `none`: no Authorization header. Default: the usual test tenant's. */
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/** The real edge over HTTP, with in-test services behind it. */
export interface TestEdge {
  readonly url: string;
  readonly mint: TokenMint;
  readonly backends: FakeBackends;
  send(method: string, target: string, request?: TestRequest): Promise<TestAnswer>;
  /** An open response, for streams. */
  open(target: string, request?: TestRequest): Promise<Response>;
  token(claims?: JWTPayload): Promise<string>;
  /** Everything measured so far, as Prometheus reads it. */
  scrape(): Promise<string>;
  /** Items that wait for the next call of that name. */
  waiting(call: string): Promise<number>;
  stopHttp(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestEdge(env: Record<string, string> = {}): Promise<TestEdge> {
  const folder = await mkdtemp(path.join(tmpdir(), 'edge-test-'));
  const jwks = path.join(folder, 'jwks.json');
  const mint = await createTokenMint('test');
  await writeFile(jwks, JSON.stringify({ keys: [mint.publicJwk] }));
  const backends = await startFakeBackends();
  const metrics = createMetrics('edge');
  const health = createHealth();
  const logger = createLogger({ service: 'edge', level: 'silent' });
  const edge = await startEdge(configOf(backends, jwks, env), { logger, metrics, health });
  await edge.backends.connected(10_000, new AbortController().signal);
  const usual = await mint.token();
  const open = (method: string, target: string, request: TestRequest = {}) =>
    fetch(new URL(target, edge.url), initOf(method, request, usual));
  return {
    url: edge.url,
    mint,
    backends,
    open: (target, request) => open('GET', target, request),
    send: async (method, target, request) => answerOf(await open(method, target, request)),
    token: (claims) => mint.token(claims),
    scrape: () => metrics.scrape(),
    waiting: async (call) =>
      Number(
        new RegExp(`calls_waiting\\{[^}]*call="${call}"[^}]*\\} (\\d+)`).exec(
          await metrics.scrape(),
        )?.[1],
      ),
    stopHttp: () => edge.close(),
    async close() {
      await edge.close();
      await backends.close();
      await rm(folder, { recursive: true });
    },
  };
}

function configOf({ addresses }: FakeBackends, jwks: string, env: Record<string, string>) {
  return readConfig({
    GC_HTTP_ADDRESS: '127.0.0.1:0',
    GC_TASK_COMMAND_ADDRESS: addresses.taskCommand,
    GC_PROJECTION_ADDRESS: addresses.projection,
    GC_SCHEDULER_ADDRESS: addresses.scheduler,
    GC_LAMBDA_CATALOG_ADDRESS: addresses.lambdaCatalog,
    GC_TOKEN_ISSUER: testIssuer,
    GC_TOKEN_AUDIENCE: testAudience,
    GC_JWKS: jwks,
    ...env,
  });
}

function initOf(method: string, request: TestRequest, usual: string): RequestInit {
  const { token = usual, headers = {}, body, signal } = request;
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
  return {
    method,
    redirect: 'manual',
    headers: {
      ...(token === 'none' ? {} : { authorization: `Bearer ${token}` }),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function answerOf(response: Response): Promise<TestAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
