import { sql } from 'kysely';
import { type Db, liveSchema } from '../postgres/database.ts';

/** The last position in the views, by partition. */
export type Checkpoints = ReadonlyMap<number, bigint>;

export async function readCheckpoints(db: Db): Promise<Checkpoints> {
  const { rows } = await sql<{ partition: number; position: bigint }>`
    select partition, position from ${sql.id(liveSchema, 'checkpoint')}`.execute(db);
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}
