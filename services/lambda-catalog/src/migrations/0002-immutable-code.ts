import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

// A task runs the version that was current when it was issued, maybe hours later on a node that
// fetches it only then: what was uploaded once must never read otherwise.
const statements = [
  sql`
    create function lambda_catalog.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'lambda_catalog.% is immutable', tg_table_name using errcode = 'LC001';
    end $$`,
  sql`
    create trigger immutable
    before update or delete or truncate on lambda_catalog.code_version
    for each statement execute function lambda_catalog.refuse_change()`,
];

export const immutableCode: Migration = {
  up: async (db: Kysely<never>) => {
    for (const statement of statements) await statement.execute(db);
  },
};
