import { lateLiveEvents } from '@greencloud/bus';
import {
  createPartitionCount,
  createProjectionMetrics,
  createWatchLimit,
  HeldRows,
  startProjection,
  taskQueryService,
} from '../product/projection.ts';
import type { Life } from '../time/life.ts';
import type { House, Running } from './house.ts';
import { noMetrics } from './no-metrics.ts';

/** main.ts of the projection, with the house's ports in place of sockets. */
export async function startProjectionProcess(house: House, life: Life): Promise<Running> {
  const logger = house.logger(life);
  const stopping = new AbortController();
  const db = house.database<never>(life, 2);
  const byId = house.database<never>(life, 2);
  const leases = house.database<never>(life, 1);
  const reader = house.log(life);
  const bus = lateLiveEvents(house.bus(life, stopping.signal));
  const metrics = createProjectionMetrics(noMetrics);
  const held = new HeldRows();
  const ports = { db, byId, leases, reader, bus, held, metrics, logger, replica: life.name };
  const projection = startProjection(ports);
  const watches = createWatchLimit(100);
  const partitionCount = createPartitionCount(reader);
  const server = house.serve(life, [taskQueryService({ ...ports, partitionCount, watches })]);
  return {
    async stop() {
      stopping.abort(new Error('the service stops'));
      await server.drain();
      await projection.stop();
      await bus.close();
      reader.close();
    },
  };
}
