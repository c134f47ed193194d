import { type Kysely, sql } from 'kysely';
import { sqlStates } from '../postgres/sql-states.ts';

const statements = [
  sql`
    create function task_command.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'task_command.% is append-only', tg_table_name
        using errcode = ${sql.lit(sqlStates.appendOnly)};
    end $$`,
  ...['event', 'log'].flatMap((table) => [
    sql`
      create trigger append_only
      before update or delete or truncate on ${sql.id('task_command', table)}
      for each statement execute function task_command.refuse_change()`,
    // Also for whoever replays replication: a trigger is off there unless it is said to be on always.
    sql`alter table ${sql.id('task_command', table)} enable always trigger append_only`,
  ]),
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
