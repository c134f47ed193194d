import { type Health, type Logger, retry } from '@greencloud/runtime';
import { type Kysely, sql } from 'kysely';
import type { MigrationPlan } from './migrate-to-latest.ts';

export interface SchemaWait {
  readonly health: Health;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the last migration of the plan has been applied, so that new code is never ready on
 * an old schema and takes no old code's place there. A newer schema suits: a migration lets the code
 * before it work on. Keeps the check `schema` until then, and never again. Rejects on the abort.
 */
export async function waitForSchema<Database>(
  db: Kysely<Database>,
  plan: MigrationPlan,
  { health, logger, signal }: SchemaWait,
): Promise<void> {
  const migration = lastOf(plan);
  let problem: string | undefined = `waits for the migration ${migration} of ${plan.schema}`;
  health.addCheck('schema', () => problem);
  let said = '';
  await retry(() => find(db, plan.schema, migration), {
    signal,
    maxMs: 1_000,
    onFailure: ({ error }) => {
      if (String(error) === said) return;
      said = String(error);
      logger.warn({ schema: plan.schema, migration, err: error }, 'waiting for a migration');
    },
  });
  problem = undefined;
}

function lastOf({ schema, migrations }: MigrationPlan): string {
  const last = Object.keys(migrations).toSorted().at(-1);
  if (last === undefined) throw new Error(`no migration makes ${schema}`);
  return last;
}

async function find<Database>(db: Kysely<Database>, schema: string, name: string): Promise<void> {
  const { rows } = await sql`
    select from ${sql.table(`${schema}.migration`)} where name = ${name}
  `.execute(db);
  if (rows.length === 0) throw new Error('The schema is older than this service');
}
