import { partitionOf, parseTaskId, parseTenantId, type TaskId } from '@greencloud/domain';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appendBatch,
  type Draft,
  draft,
  openLog,
  readHead,
  readHeads,
  readOpenTasks,
  readPartition,
  readPayloads,
  readResults,
  readStreams,
} from '../product/sql-acts.ts';
import type { LogDb } from '../product/task-command.ts';
import { openDirectDatabase } from './direct-fixture.ts';
import { newTables } from './tables.ts';

const partitions = 2;
const tenants = ['a', 'b'].map(parseTenantId);
/** What a generated command is made of: small numbers, so that ids, versions and keys collide. */
const command = fc.record({
  task: fc.nat(2),
  id: fc.nat(11),
  version: fc.nat(3),
  type: fc.constantFrom('TaskIssued', 'TaskProgressed', 'TaskFinished'),
  key: fc.option(fc.nat(2), { freq: 3 }),
  hash: fc.nat(1),
  body: fc.boolean(),
});
const batches = fc.array(fc.array(command, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 6,
});

let rounds = 0;

describe('the stand-in for the log', () => {
  let database: TestDatabase;
  let real: LogDb;
  // As old as the real one, which cannot be emptied: a second try goes on with both.
  const tables = newTables(partitions, () => Date.now());

  beforeAll(async () => {
    database = await withPostgres();
    real = await openLog(database.url, partitions);
  });
  afterAll(async () => {
    await real.destroy();
    await database.close();
  });

  it('answers appends and reads as Postgres does', async () => {
    const simulated = openDirectDatabase<never>(tables) as unknown as LogDb;
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        // The log cannot be emptied: each round has tasks, ids and keys of its own.
        rounds += 1;
        const tasks = [0, 1, 2].map((task) => idOf(rounds, task));
        for (const batch of given) {
          const drafts = draftsOf(batch, tasks, rounds);
          if (breaksGuard(tables, drafts)) continue;
          const [wanted, answered] = await Promise.all([
            appendBatch(real, drafts),
            appendBatch(simulated, drafts),
          ]);
          expect(withoutTimes(answered)).toEqual(withoutTimes(wanted));
        }
        expect(await readAll(simulated, tasks)).toEqual(await readAll(real, tasks));
      }),
      { numRuns: 60 },
    );
  });
});

function idOf(round: number, task: number): TaskId {
  return parseTaskId((round * 16 + task).toString(16).padStart(24, '0'));
}

function draftsOf(
  batch: readonly (typeof command extends fc.Arbitrary<infer T> ? T : never)[],
  tasks: readonly TaskId[],
  round: number,
): Draft[] {
  return batch.map(({ task, id, version, type, key, hash, body }, index) => ({
    ...draftIn(tasks[task] ?? idOf(round, 0), version),
    commandId: `00000000-0000-4000-8000-${(round * 16 + id).toString(16).padStart(12, '0')}`,
    eventId: `${String(index).padStart(8, '0')}-0000-4000-8000-${round.toString(16).padStart(12, '0')}`,
    // A task is one tenant's: no decider writes another into its stream.
    tenantId: tenants[task % tenants.length] ?? parseTenantId('a'),
    type: version === 0 ? 'TaskIssued' : type === 'TaskIssued' ? 'TaskProgressed' : type,
    idempotency:
      key === null || version > 0
        ? undefined
        : { key: `${round}/${key}`, requestHash: Buffer.alloc(32, hash) },
    content: body ? { contentType: 'text/plain', body: Buffer.from(`${round} ${id}`) } : undefined,
  }));
}

function draftIn(taskId: TaskId, version: number): Draft {
  return draft(taskId, version, { partition: partitionOf(taskId, partitions) });
}

/** Nothing comes after a finish: no decider writes it, and an index of the schema refuses some of it. */
function breaksGuard(tables: ReturnType<typeof newTables>, drafts: readonly Draft[]): boolean {
  const ended = new Set<TaskId>();
  return drafts.some(({ taskId, type }) => {
    const isOver = ended.has(taskId) || tables.log.stream(taskId).at(-1)?.type === 'TaskFinished';
    if (type === 'TaskFinished') ended.add(taskId);
    return isOver;
  });
}

function withoutTimes(outcomes: readonly object[]) {
  return outcomes.map((outcome) => ({ ...outcome, recordedAt: undefined }));
}

/** These reads promise no order. */
function byId<T>(found: ReadonlyMap<TaskId, T>): [TaskId, T][] {
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function readAll(db: LogDb, tasks: readonly TaskId[]) {
  const keys = tasks.map((taskId) => ({ taskId, partition: partitionOf(taskId, partitions) }));
  const owned = keys.flatMap((key) => tenants.map((tenantId) => ({ ...key, tenantId })));
  const open = [];
  for await (const { asOf, streams } of readOpenTasks(db, 0, 3)) {
    open.push({ asOf, streams: streams.map((events) => events.map(({ version }) => version)) });
  }
  return {
    streams: byId(await readStreams(db, keys)).map(([id, events]) => [id, events.map(shown)]),
    heads: await readHeads(db),
    head: await readHead(db, 1),
    range: (await readPartition(db, { partition: 0, after: 1n, upTo: 9n, limit: 5 })).map(shown),
    payloads: byId(await readPayloads(db, keys)).map(([id, { body }]) => [id, String(body)]),
    results: (await readResults(db, owned, 1_000_000)).map((found) => found && String(found.body)),
    open,
  };
}

function shown({
  position,
  version,
  type,
  commandId,
  tenantId,
}: Awaited<ReturnType<typeof readPartition>>[number]) {
  return { position, version, type, commandId, tenantId };
}
