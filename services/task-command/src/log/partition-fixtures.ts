/** What the specs of `appendBatch` build on: a log, and a look at one partition of it. */
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll } from 'vitest';
import type { Db } from '../postgres/database.ts';
import type { AppendOutcome } from './append-batch.ts';
import type { Draft } from './draft.ts';
import { appendTo, openLog } from './log-fixtures.ts';

export interface TestLog {
  readonly database: TestDatabase;
  readonly db: Db;
}

/** The log of 64 partitions that all tests of a file share; it is closed after the last of them. */
export function useLog() {
  let opened: TestLog | undefined;
  let partitions = 0;
  beforeAll(async () => {
    const database = await withPostgres();
    opened = { database, db: await openLog(database.url, 64) };
  });
  afterAll(async () => {
    await opened?.db.destroy();
    await opened?.database.close();
  });
  const log = (): TestLog => {
    if (opened === undefined) throw new Error('the log is known within tests only');
    return opened;
  };
  return {
    log,
    /** Each test has a partition to itself, so its positions begin at 1. */
    partition: () => partitionOf(log().db, partitions++),
  };
}

function partitionOf(db: Db, p: number) {
  return {
    number: p,
    append: (...drafts: Draft[]) => appendTo(db, p, drafts),
    events: () =>
      db
        .selectFrom('task_command.event')
        .select(['position', 'task_id', 'version', 'type', 'command_id'])
        .where('partition', '=', p)
        .orderBy('position')
        .execute(),
    head: async () => {
      const row = await db
        .selectFrom('task_command.partition_head')
        .select('position')
        .where('partition', '=', p)
        .executeTakeFirstOrThrow();
      return row.position;
    },
    content: (table: 'payload' | 'result') =>
      db
        .selectFrom(`task_command.${table}`)
        .select(['task_id', 'content_type', 'body'])
        .where('partition', '=', p)
        .execute(),
    stream: (taskId: string) =>
      db
        .selectFrom('task_command.stream_head')
        .select(['version', 'position', 'open', 'tenant_id'])
        .where('partition', '=', p)
        .where('task_id', '=', taskId)
        .executeTakeFirst(),
  };
}

export function kinds(outcomes: readonly AppendOutcome[]): AppendOutcome['kind'][] {
  return outcomes.map(({ kind }) => kind);
}
