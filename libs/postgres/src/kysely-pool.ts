import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { nameOf } from './prepared.ts';
import { isConnectionLoss } from './sql-state.ts';

/**
 * The pool as Kysely sees it, with two things that Kysely leaves out: what was `prepared` goes by
 * its name, and a connection whose query got no answer (broken socket, time-out) is never handed
 * out again: its next user would read the answer to the query before.
 */
export function kyselyPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => kyselyClient(await pool.connect()),
    end: () => pool.end(),
  };
}

function kyselyClient(client: PoolClient): PostgresPoolClient {
  let state: 'usable' | 'broken' = 'usable';
  const query = async (text: string, values: readonly unknown[]): Promise<QueryResult> => {
    const name = nameOf(text);
    try {
      return await client.query({ text, values: [...values], ...(name && { name }) });
    } catch (error) {
      if (isConnectionLoss(error)) state = 'broken';
      throw error;
    }
  };
  return {
    // Kysely's other overload is for cursors, which no service uses.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || state === 'broken'),
  };
}
