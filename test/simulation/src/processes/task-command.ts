import type { Kysely } from 'kysely';
import {
  createAppender,
  createRecentContent,
  createTaskCache,
  eventLogService,
  type LogDb,
  relayWhenConnected,
  taskCommandService,
  unavailableWhenLogIsAway,
  waitForLog,
} from '../product/task-command.ts';
import type { Life } from '../time/life.ts';
import type { House, Running } from './house.ts';
import { noMetrics } from './no-metrics.ts';

type LogTablesDb = LogDb extends Kysely<infer D> ? D : never;

const appendRetryMs = 8_000;
// Room for one or two of them: most are read from the log.
const recentBytes = 600;

/** main.ts of task-command, with the house's ports in place of sockets. */
export async function startTaskCommand(house: House, life: Life): Promise<Running> {
  const logger = house.logger(life);
  const stopping = new AbortController();
  const writers = house.database<LogTablesDb>(life, 5);
  const readers = house.database<LogTablesDb>(life, 3);
  const snapshots = house.database<LogTablesDb>(life, 2);
  const { partitions } = await waitForLog(readers, logger, stopping.signal);
  const self = { id: crypto.randomUUID(), name: life.name };
  const connect = (signal: AbortSignal) => house.bus(life, signal);
  const ports = { db: writers, logger, metrics: noMetrics, connect };
  const relay = relayWhenConnected({ ...ports, self, partitions });
  const recent = createRecentContent(house.topology.pace === 'hurried' ? recentBytes : 8_388_608);
  const appender = createAppender({
    partitions,
    lanes: house.topology.appendLanes,
    db: writers,
    recent,
    cache: createTaskCache(house.topology.pace === 'hurried' ? 8 : 1_000),
    logger,
    metrics: noMetrics,
    retryMs: appendRetryMs,
    maxWaiting: house.topology.maxWaiting,
    maxBytes: 1024 * 1024,
    onCommitted: (partition, events) => relay.committed(partition, events),
  });
  const services = [
    taskCommandService({ appender, recent, readers, partitions, logger }),
    eventLogService({ recent, readers, snapshots, partitions }),
  ];
  const server = house.serve(life, services, unavailableWhenLogIsAway);
  return {
    async stop() {
      stopping.abort();
      await server.drain();
      await appender.drain();
      await relay.stop();
    },
  };
}
