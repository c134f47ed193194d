import { sql } from 'kysely';
import { readHeads } from '../log/read-heads.ts';
import type { Db } from '../postgres/database.ts';
import { checkKeys } from './check-keys.ts';
import { checkOrphans } from './check-orphans.ts';
import { checkPartitions } from './check-partitions.ts';
import { checkPositions } from './check-positions.ts';
import { checkStreams } from './check-streams.ts';
import { createProgress } from './progress.ts';

export interface VerifyPorts {
  readonly db: Db;
  /** One line for a person. */
  readonly print: (line: string) => void;
}

/**
 * Reads the whole log and everything beside it, prints each violation, and answers how many there
 * are. Takes no locks and holds no snapshot for long: it may run beside everything else.
 */
export async function verifyLog({ db, print }: VerifyPorts): Promise<number> {
  return await db.connection().execute(async (connection) => {
    await sql.raw(byIndex).execute(connection);
    return await verify({ db: connection, print });
  });
}

// A log just restored has no statistics; a page must not read a whole table all the same.
const byIndex = `set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off;
  set enable_hashjoin = off; set enable_mergejoin = off`;

async function verify({ db, print }: VerifyPorts): Promise<number> {
  let violations = 0;
  const onViolation = (violation: string) => {
    violations += 1;
    print(`violation: ${violation}`);
  };
  const expected = (await readHeads(db)).reduce((sum, head) => sum + head, 0n);
  const progress = createProgress(print, expected);
  let tasks = 0;
  try {
    const partitions = await checkPartitions(db, onViolation);
    for (let partition = 0; partition < partitions; partition += 1) {
      await checkPositions(db, partition, onViolation);
      const report = { onViolation, onEvents: progress.read };
      tasks += await checkStreams(db, { partition, partitions }, report);
      await checkOrphans(db, partition, onViolation);
    }
    await checkKeys(db, onViolation);
  } finally {
    progress.stop();
  }
  print(`${tasks} tasks, ${violations} violations`);
  return violations;
}
