import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { isConnectionLoss } from './connection-loss.ts';

/** The statements worth parsing once per connection: SQL text to name. */
export type PreparedStatements = ReadonlyMap<string, string>;

/**
 * The pool as Kysely sees it, with two things that Kysely leaves out: hot statements go by name,
 * and a connection whose query got no answer (broken socket, time-out) is never handed out again:
 * its next user would read the answer to the query before.
 */
export function kyselyPool(pool: Pool, prepared: PreparedStatements): PostgresPool {
  return {
    options: pool.options,
    connect: async () => kyselyClient(await pool.connect(), prepared),
    end: () => pool.end(),
  };
}

function kyselyClient(client: PoolClient, prepared: PreparedStatements): PostgresPoolClient {
  let state: 'usable' | 'broken' = 'usable';
  const query = async (text: string, values: readonly unknown[]): Promise<QueryResult> => {
    const name = prepared.get(text);
    try {
      return await client.query({ text, values: [...values], ...(name && { name }) });
    } catch (error) {
      if (isConnectionLoss(error)) state = 'broken';
      throw error;
    }
  };
  return {
    // Kysely's other overload is for cursors, which this service does not use.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || state === 'broken'),
  };
}
