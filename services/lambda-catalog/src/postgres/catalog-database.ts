import { openDatabase, unavailableWhenAway } from '@greencloud/postgres';
import type { Logger } from '@greencloud/runtime';
import { sql } from 'kysely';
import type { Database, Db } from './database.ts';

export function openCatalog(url: string, connections: number, logger: Logger): Db {
  const name = 'lambda-catalog';
  return openDatabase<Database>({ url, connections, name, logger, statementTimeoutMs: 5_000 });
}

/** Rejects while the table of lambdas cannot be read. */
export async function askCatalog(db: Db): Promise<void> {
  await sql`select lambda_id from lambda_catalog.lambda limit 0`.execute(db);
}

export const unavailableWhenCatalogIsAway = unavailableWhenAway(
  'the catalog cannot reach its database',
);
