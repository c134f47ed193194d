import { Pool } from 'pg';
import { startDurablePostgres } from '../systems/postgres-server.ts';
import { EVENT } from './event.ts';
import { type Rate, repeat } from './repeat.ts';

const ROWS_IN_A_BATCH = 100;

const TABLE = `create table event (
  position bigserial primary key,
  stream text not null,
  version int not null,
  type text not null,
  data jsonb not null,
  unique (stream, version)
)`;

const INSERT_ONE = 'insert into event (stream, version, type, data) values ($1, 1, $2, $3)';

const INSERT_MANY = `insert into event (stream, version, type, data)
  select stream, 1, $2, $3 from unnest($1::text[]) as streams (stream)`;

export type CommitFloors = {
  readonly commit: Rate;
  readonly commit64: Rate;
  /** `perSecond` counts rows; the times are those of a commit. */
  readonly batchedCommit: Rate;
};

/** One row a commit, and a hundred, on a durable Postgres of its own. */
export async function measureCommits(seconds: number): Promise<CommitFloors> {
  await using postgres = await startDurablePostgres();
  const pool = new Pool({ connectionString: postgres.url, max: 64 });
  // The server may tell a connection that it ends while the pool still says goodbye to it.
  pool.on('error', () => undefined);
  try {
    await pool.query(TABLE);
    return await measure(pool, seconds);
  } finally {
    await pool.end();
  }
}

async function measure(pool: Pool, seconds: number): Promise<CommitFloors> {
  let streams = 0;
  const nextStream = () => `s${streams++}`;
  const one = () => pool.query(INSERT_ONE, [nextStream(), EVENT.type, EVENT]);
  const many = () => {
    const batch = Array.from({ length: ROWS_IN_A_BATCH }, nextStream);
    return pool.query(INSERT_MANY, [batch, EVENT.type, EVENT]);
  };
  const commit = await repeat({ seconds, callers: 1 }, one);
  const commit64 = await repeat({ seconds, callers: 64 }, one);
  const batches = await repeat({ seconds, callers: 2 }, many);
  const batchedCommit = { ...batches, perSecond: batches.perSecond * ROWS_IN_A_BATCH };
  return { commit, commit64, batchedCommit };
}
