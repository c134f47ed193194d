import { type Kysely, sql } from 'kysely';

/**
 * Ends the statement that calls it, and with it everything it wrote, when it wrote other rows than
 * it was given. GP001: the batch was older than the rows.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function projection.require_rows(written bigint, given bigint) returns void
    language plpgsql as $$
    begin
      if written <> given then
        raise exception '% of % rows were older than the batch', written, given
          using errcode = 'GP001';
      end if;
    end $$`.execute(db);
}
