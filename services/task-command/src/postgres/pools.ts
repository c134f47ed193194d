import { openDatabase } from '@greencloud/postgres';
import type { Logger } from '@greencloud/runtime';
import { sql } from 'kysely';
import type { Database, Db } from './database.ts';

/** One pool for each kind of wait, so that slow readers never hold up an append. */
export interface Pools {
  /** Appends, leases and the relay: short statements only. */
  readonly writers: Db;
  readonly readers: Db;
  /** Snapshots that stay open while their reader takes its time. */
  readonly snapshots: Db;
  close(): Promise<void>;
}

// Whoever comes when all are held waits for a whole partition of another reader, however large.
const snapshotWithinMs = 30_000;

/** Half of the connections write, a fifth holds snapshots, the rest reads. */
export function openPools(url: string, connections: number, logger: Logger): Pools {
  const writing = Math.ceil(connections / 2);
  const holding = Math.max(1, Math.floor(connections / 5));
  const open = (kind: string, size: number, connectWithinMs?: number) => {
    const name = `task-command ${kind}`;
    return openDatabase<Database>({ url, connections: size, name, logger, connectWithinMs });
  };
  const writers = open('writer', writing);
  const readers = open('reader', connections - writing - holding);
  const snapshots = open('snapshot', holding, snapshotWithinMs);
  return {
    writers,
    readers,
    snapshots,
    async close() {
      await Promise.all([writers, readers, snapshots].map((db) => db.destroy()));
    },
  };
}

/** Rejects while Postgres is away. */
export async function askPostgres(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
