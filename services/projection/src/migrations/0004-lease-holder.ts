import { type Kysely, sql } from 'kysely';

/** The replica's name: one that starts again ends the leases of its earlier life. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table projection.lease add column holder text not null default ''`.execute(db);
}
