import type { LogReader } from '@greencloud/event-log';
import { migrateToLatest } from '@greencloud/postgres';
import { ensureCheckpoints, readCheckpoint } from '../apply/checkpoint.ts';
import { plan } from '../migrations/index.ts';
import { type Db, nextSchema } from '../postgres/database.ts';
import { buildPartitions } from './build-partition.ts';
import { countersThatDisagree } from './check-counters.ts';
import { compareViews } from './compare-views.ts';
import { alone } from './alone.ts';
import { analyze, createNextSchema, dropSchema } from './next-schema.ts';
import { createProgress, type Progress } from './progress.ts';
import { giveBackLeases, seizeLeases } from './seize-leases.ts';
import { switchViews } from './switch-views.ts';

export interface RebuildPorts {
  readonly db: Db;
  readonly reader: Pick<LogReader, 'getLog' | 'readPartition'>;
  /** One line for a person. */
  readonly print: (line: string) => void;
}

// What the last step reads while nobody writes the live views: some 50 ms.
const closeEnough = 1_000n;

/**
 * Builds the views anew beside the live ones, which go on answering, compares and switches. Rejects
 * with UnappliableEventError at an event that cannot be applied: a rebuild parks nothing, and the
 * live views stay as they are.
 */
export async function rebuild(ports: RebuildPorts): Promise<void> {
  await alone(ports.db, () => rebuildAlone(ports));
}

async function rebuildAlone(ports: RebuildPorts): Promise<void> {
  const { db, reader, print } = ports;
  const migrated = await migrateToLatest(db, plan);
  if (migrated.length > 0) print(`migrated: ${migrated.join(', ')}`);
  await createNextSchema(db);
  const { partitions } = await reader.getLog();
  await ensureCheckpoints(db, nextSchema, partitions);
  const progress = createProgress(print, 'built');
  try {
    while ((await catchUp(ports, partitions, progress)) > closeEnough);
    await analyze(db, nextSchema);
    await checkCounters(db);
    print((await compareViews(db)).text);
    await takeOver(ports, partitions, progress);
  } finally {
    progress.stop();
    await dropSchema(db, nextSchema).catch(() => print(`left ${nextSchema} for the next rebuild`));
  }
}

async function checkCounters(db: Db): Promise<void> {
  const wrong = await countersThatDisagree(db, nextSchema);
  if (wrong > 0n) throw new Error(`the counters of ${wrong} tenants do not agree with their tasks`);
}

/** Reads every partition up to the head of this moment; answers how many events that were. */
async function catchUp(
  { db, reader }: RebuildPorts,
  partitions: number,
  progress: Progress,
): Promise<bigint> {
  const { heads } = await reader.getLog();
  const ranges = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const from = await readCheckpoint(db, nextSchema, partition);
      return { partition, from, to: heads[partition] ?? 0n };
    }),
  );
  const events = ranges.reduce((sum, { from, to }) => sum + (to > from ? to - from : 0n), 0n);
  progress.expect(events);
  await buildPartitions({ db, reader, progress }, ranges);
  return events;
}

/** Holds all leases for the moment of the switch, so that the views never go back in time. */
async function takeOver(ports: RebuildPorts, partitions: number, progress: Progress) {
  const { db, print } = ports;
  const seizure = await seizeLeases(db, partitions);
  try {
    await catchUp(ports, partitions, progress);
    const startedAt = performance.now();
    await switchViews(db, seizure);
    print(`switched in ${Math.round(performance.now() - startedAt)} ms`);
  } finally {
    await giveBackLeases(db, seizure);
  }
}
