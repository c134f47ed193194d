import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

// Any number that no other use of this database takes: 'gcrb' in ASCII.
const lockId = 0x67637262;

/** Two rebuilds at once would drop each other's tables. The lock ends with its connection. */
export async function alone(db: Db, act: () => Promise<void>): Promise<void> {
  await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ locked: boolean }>`
      select pg_try_advisory_lock(${lockId}) as locked`.execute(connection);
    if (rows[0]?.locked !== true) throw new Error('another rebuild runs already');
    try {
      await act();
    } finally {
      await sql`select pg_advisory_unlock(${lockId})`.execute(connection);
    }
  });
}
