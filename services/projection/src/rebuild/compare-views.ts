import { sql } from 'kysely';
import { type Db, liveSchema, nextSchema } from '../postgres/database.ts';

export interface Comparison {
  readonly alike: bigint;
  /** The live views have not seen the newest events, or the new ones have not. */
  readonly otherVersion: bigint;
  /** The same version, other content: an older fold made the live row, or a fault did. */
  readonly different: bigint;
  readonly onlyLive: bigint;
  readonly onlyNew: bigint;
  readonly text: string;
}

type Counts = Omit<Comparison, 'text'>;

/** Every task of the live views beside the one just built. */
export async function compareViews(db: Db): Promise<Comparison> {
  const { rows } = await sql<Counts>`
    select
      count(*) filter (where row(live.*) is not distinct from row(next.*)) as alike,
      count(*) filter (where live.version <> next.version) as "otherVersion",
      count(*) filter (
        where live.version = next.version and row(live.*) is distinct from row(next.*)
      ) as different,
      count(*) filter (where next.task_id is null) as "onlyLive",
      count(*) filter (where live.task_id is null) as "onlyNew"
    from ${sql.id(liveSchema, 'task_view')} as live
    full join ${sql.id(nextSchema, 'task_view')} as next using (task_id)`.execute(db);
  const [counts] = rows;
  if (counts === undefined) throw new Error('the comparison has no answer');
  return { ...counts, text: textOf(counts) };
}

function textOf({ alike, otherVersion, different, onlyLive, onlyNew }: Counts): string {
  return [
    `compared: ${alike} tasks alike`,
    `${otherVersion} of another version`,
    `${different} different`,
    `${onlyLive} only in the live views`,
    `${onlyNew} only in the new ones`,
  ].join(', ');
}
