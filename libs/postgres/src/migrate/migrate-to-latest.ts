import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

export interface MigrationPlan {
  /** Made when it is gone; it also holds the record of what was applied. */
  readonly schema: string;
  /** By name, applied in the order of the names. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

/**
 * Idempotent, and safe when several replicas start it at once: one waits for the other's lock.
 * Answers with the names of what it applied.
 */
export async function migrateToLatest<Database>(
  db: Kysely<Database>,
  { schema, migrations }: MigrationPlan,
): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: schema,
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
