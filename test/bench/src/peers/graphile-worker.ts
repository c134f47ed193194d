import { type JobHelpers, Logger, makeWorkerUtils, run } from 'graphile-worker';
import { Pool } from 'pg';
import { finishedAt, type Peer } from './peer.ts';

const TASK = 'task';

/**
 * graphile-worker deletes a job when it is done, so who wants to read its finish writes it down:
 * one insert in the job itself, as its documentation advises.
 */
const RESULT_TABLE = `create table if not exists result (
  id text primary key,
  finished timestamptz not null default clock_timestamp()
)`;

export const graphileWorker: Peer = {
  async openFront(databaseUrl) {
    const pgPool = connect(databaseUrl, 16);
    const utils = await makeWorkerUtils({ pgPool, logger: silent() });
    await utils.migrate();
    await pgPool.query(RESULT_TABLE);
    return {
      submit: async (task) => (await utils.addJob(TASK, task)).id,
      finishOf: async (id) => {
        const select = 'select finished from result where id = $1';
        const { rows } = await pgPool.query<{ finished: Date }>(select, [id]);
        return finishedAt(rows[0]?.finished);
      },
    };
  },

  async openWorker(databaseUrl) {
    const insert = 'insert into result (id) values ($1) on conflict do nothing';
    await run({
      pgPool: connect(databaseUrl, 24),
      concurrency: 20,
      pollInterval: 1_000,
      noHandleSignals: true,
      logger: silent(),
      taskList: {
        [TASK]: async (_payload: unknown, helpers: JobHelpers) => {
          await helpers.query(insert, [helpers.job.id]);
        },
      },
    });
  },
};

function connect(databaseUrl: string, max: number): Pool {
  const pool = new Pool({ connectionString: databaseUrl, max });
  pool.on('error', (error) => console.error(error));
  // It wants both, since a connection in use reports its end by itself.
  pool.on('connect', (client) => client.on('error', (error) => console.error(error)));
  return pool;
}

/** It logs two lines a job. */
function silent(): Logger {
  return new Logger(() => () => undefined);
}
