import { sql } from 'kysely';
import { type Db, liveSchema, nextSchema, oldSchema, viewTables } from '../postgres/database.ts';
import { dropSchema } from './next-schema.ts';
import { assertSeized, type Seizure } from './seize-leases.ts';

/** The new tables take the place of the live ones in one transaction; no read sees a mixture. */
export async function switchViews(db: Db, seizure: Seizure): Promise<void> {
  await dropSchema(db, oldSchema);
  await db.transaction().execute(async (tx) => {
    await assertSeized(tx, seizure);
    await sql`create schema ${sql.id(oldSchema)}`.execute(tx);
    for (const table of viewTables) {
      await sql`alter table ${sql.id(liveSchema, table)} set schema ${sql.id(oldSchema)}`.execute(
        tx,
      );
      await sql`alter table ${sql.id(nextSchema, table)} set schema ${sql.id(liveSchema)}`.execute(
        tx,
      );
    }
  });
  await dropSchema(db, oldSchema);
}
