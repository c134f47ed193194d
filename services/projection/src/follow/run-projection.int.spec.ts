import type { LogReader } from '@greencloud/event-log';
import { createMemoryLog, createUnrulyBus, taskStory } from '@greencloud/event-log/testing';
import { createMetrics } from '@greencloud/runtime';
import { eventually } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../postgres/open-database.ts';
import { taskNumber } from '../testing/stories.ts';
import { allRows, silent, type TestViews, withViews } from '../testing/test-views.ts';
import { HeldRows } from './held-rows.ts';
import { createProjectionMetrics } from './projection-metrics.ts';
import { startProjection } from './run-projection.ts';

const partitions = 2;
let views: TestViews;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  views = await withViews(partitions);
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await views.close();
});

/** A way to the log that can be cut for one replica alone. */
function wayTo(log: LogReader) {
  const way = { state: 'open' as 'open' | 'cut' };
  const onlyOpen = () => {
    if (way.state === 'cut') throw new Error('the log is away');
  };
  const reader: LogReader = {
    ...log,
    getLog: async (signal) => {
      onlyOpen();
      return log.getLog(signal);
    },
    async *readPartition(partition, after, options) {
      onlyOpen();
      yield* log.readPartition(partition, after, options);
    },
  };
  return { way, reader };
}

function start(replica: string, reader: LogReader): void {
  const open = (connections: number) =>
    openDatabase({ url: views.url, connections, name: replica, logger: silent });
  const [byId, leases] = [open(2), open(1)];
  const projection = startProjection({
    db: views.db,
    byId,
    leases,
    reader,
    bus: createUnrulyBus(),
    held: new HeldRows(),
    metrics: createProjectionMetrics(createMetrics('test')),
    logger: silent,
    replica,
    logPatienceMs: 200,
  });
  closing.push(async () => {
    await projection.stop();
    await Promise.all([byId.destroy(), leases.destroy()]);
  });
}

async function holders(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from projection.lease join projection.replica using (instance)
    where expires_at > clock_timestamp() order by name`.execute(views.db);
  return rows.map(({ name }) => name);
}

it('leaves its partitions to another replica while the log answers that one alone', async () => {
  const log = createMemoryLog({ partitions });
  const a = wayTo(log);
  start('a', a.reader);
  start('b', wayTo(log).reader);
  await eventually(async () => expect(await holders()).toEqual(['a', 'b']));
  a.way.state = 'cut';
  for (let number = 0; number < 20; number += 1) log.append(taskNumber(number), ...taskStory([0]));
  await eventually(async () => expect((await allRows(views.db)).size).toBe(20));
  expect(await holders()).toEqual(['b', 'b']);
  a.way.state = 'open';
  await eventually(async () => expect(await holders()).toEqual(['a', 'b']));
});
