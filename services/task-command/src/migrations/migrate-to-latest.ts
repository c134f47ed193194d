import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Database } from '../postgres/database.ts';
import { migrations } from './index.ts';

/** Idempotent, and safe when several replicas start it at once: one waits for the other's lock. */
export async function migrateToLatest(db: Kysely<Database>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: 'task_command',
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
