import { Migrator } from 'kysely/migration';
import { type Db, liveSchema } from '../postgres/database.ts';
import { migrations } from './index.ts';

/** Idempotent, and safe when several replicas start it at once. Makes the schema when it is gone. */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: liveSchema,
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
