import { Migrator } from 'kysely/migration';
import type { Db } from '../store/database.ts';
import { migrations } from './index.ts';

/** Idempotent, and safe when several replicas start it at once: one waits for the other's lock. */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: 'scheduler',
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
