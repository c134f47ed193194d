import { join } from 'node:path';
import {
  type TestNats,
  type TestPostgresServer,
  type TestStack,
  withNats,
  withPostgresServer,
  withStack,
} from '@greencloud/testing';
import pg from 'pg';
import { agentEnv, smallNode } from './node-offers.ts';
import { openReplicas, type Replicas } from './replicas.ts';
import { type NoDisk, openSmallDisk, type SmallDisk } from './small-disk.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** The real stack, on servers of ours behind proxies of ours, so that all of it can be harmed. */
export type ChaosStack = {
  readonly stack: TestStack;
  readonly replicas: Replicas;
  readonly postgres: TestPostgresServer;
  readonly nats: TestNats;
  /** Under Postgres, where this machine lets us mount one. */
  readonly disk: SmallDisk | NoDisk;
  readonly proxies: { readonly postgres: TcpProxy; readonly nats: TcpProxy };
  /** Of the database, past the proxy. */
  readonly databaseUrl: string;
  close(): Promise<void>;
};

// A node is lost after 6 s in place of 20: in one run of minutes more of them are. All else is as
// shipped.
const quickSessions = {
  GC_HEARTBEAT_MS: '1000',
  GC_FENCE_AFTER_MS: '4000',
  GC_LOST_AFTER_MS: '6000',
  GC_LOG_LEVEL: 'info',
};

export async function startChaosStack(nodes: number): Promise<ChaosStack> {
  await using started = new AsyncDisposableStack();
  const disk = await openSmallDisk();
  started.defer(() => close(disk));
  const place = disk.kind === 'mounted' ? { dataDir: join(disk.path, 'postgres') } : {};
  const postgres = started.use(await withPostgresServer({ durable: 'on', ...place }));
  const nats = started.use(await withNats());
  const databaseUrl = await createDatabase(postgres.url);
  const proxies = {
    postgres: await startTcpProxy(Number(new URL(postgres.url).port)),
    nats: await startTcpProxy(Number(new URL(nats.url).port)),
  };
  started.defer(() => proxies.postgres.close());
  started.defer(() => proxies.nats.close());
  const env = {
    ...quickSessions,
    ...agentEnv(smallNode),
    DATABASE_URL: through(databaseUrl, proxies.postgres),
    NATS_URL: through(nats.url, proxies.nats),
  };
  const stack = started.use(await withStack({ nodes, env }));
  const replicas = started.use(openReplicas(stack));
  const kept = started.move();
  return {
    stack,
    replicas,
    postgres,
    nats,
    disk,
    proxies,
    databaseUrl,
    close: () => kept.disposeAsync(),
  };
}

async function close(disk: SmallDisk | NoDisk): Promise<void> {
  if (disk.kind === 'mounted') await disk.close();
}

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query('create database greencloud');
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = '/greencloud';
  return url.href;
}

function through(url: string, { port }: TcpProxy): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  return proxied.href;
}
