import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once, by its name. Worth it for those of every
 * batch: planning the write of a batch took longer than its execution.
 */
export function prepared(name: string, text: string): string {
  names.set(text, name);
  return text;
}

/** The pool as Kysely sees it; what was `prepared` goes by its name. */
export function preparingPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => preparingClient(await pool.connect()),
    end: () => pool.end(),
  };
}

function preparingClient(client: PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) => {
    const name = names.get(text);
    return client.query({ text, values: [...values], ...(name !== undefined && { name }) });
  };
  return {
    // Kysely's other overload is for cursors, which this service does not use.
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(),
  };
}
