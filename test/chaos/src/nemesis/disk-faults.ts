import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type TestPostgresServer } from '@greencloud/testing';
import pg from 'pg';
import type { SmallDisk } from '../servers/small-disk.ts';
import type { Fault } from './fault.ts';

type Ports = {
  readonly disk: SmallDisk;
  readonly postgres: TestPostgresServer;
  readonly databaseUrl: string;
};

/**
 * No block is left for the log's tables and its WAL. A Postgres that cannot write WAL ends by
 * itself: it is started again as an operator would, once there is room.
 */
export function diskFull({ disk, postgres, databaseUrl }: Ports): Fault {
  return {
    target: 'postgres',
    harm: 'disk full',
    strike: async (random) => {
      try {
        await disk.fill();
        await useUpSpareWal(databaseUrl);
        await sleep(random.between(1_000, 5_000));
      } finally {
        await disk.free();
      }
      await answering(databaseUrl).catch(async () => {
        await postgres.stop();
        await postgres.start();
      });
      return 'struck';
    },
  };
}

/**
 * Segments of 16 MiB are made ahead, which would last a small log for minutes: each switch takes
 * one, and the first that has to be made ends the server. 64 are all that it keeps.
 */
async function useUpSpareWal(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (let n = 0; n < 64; n++) {
      await client.query("select pg_logical_emit_message(false, 'chaos', 'switch')");
      await client.query('select pg_switch_wal()');
    }
  }).catch(() => undefined);
}

function answering(databaseUrl: string): Promise<unknown> {
  const look = () => withClient(databaseUrl, (client) => client.query('select 1'));
  return eventually(look, { timeoutMs: 5_000, everyMs: 200 });
}

async function withClient(
  connectionString: string,
  act: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 1_000,
    query_timeout: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await act(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
