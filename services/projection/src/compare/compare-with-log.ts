import type { LogReader } from '@greencloud/event-log';
import type { Db } from '../postgres/database.ts';
import { liveSchema } from '../postgres/database.ts';
import { createProgress } from '../rebuild/progress.ts';
import { countersThatDisagree } from '../rebuild/check-counters.ts';
import type { CompareReport } from './compare-report.ts';
import { readCheckpoints } from './checkpoints.ts';
import { findMissingRows } from './find-missing-rows.ts';
import { findWrongRows } from './find-wrong-rows.ts';

export interface ComparePorts {
  readonly db: Db;
  readonly reader: Pick<LogReader, 'getLog' | 'readPartition' | 'readTasks'>;
  /** One line for a person. */
  readonly print: (line: string) => void;
}

/**
 * The live views against the fold of the log, both ways, while both go on: prints each difference
 * and answers how many there are. A task that is parked is one.
 */
export async function compareWithLog({ db, reader, print }: ComparePorts): Promise<number> {
  let differences = 0;
  const differ = (line: string) => {
    differences += 1;
    print(`difference: ${line}`);
  };
  const progress = createProgress(print, 'read');
  const report: CompareReport = {
    onDifference: (taskId, what) => differ(`task ${taskId} ${what}`),
    onEvents: (events) => progress.built(events),
  };
  let rows = 0;
  try {
    const checkpoints = await readCheckpoints(db);
    // Once by partitions, once by tasks.
    for (const position of checkpoints.values()) progress.expect(2n * position);
    for (const [partition, upTo] of checkpoints) {
      await findMissingRows({ db, reader }, { partition, upTo }, report);
    }
    rows = await findWrongRows({ db, reader }, report);
    const tenants = await countersThatDisagree(db, liveSchema);
    if (tenants > 0n) differ(`the counters of ${tenants} tenants do not agree with their tasks`);
  } finally {
    progress.stop();
  }
  print(`${rows} rows, ${differences} differences`);
  return differences;
}
