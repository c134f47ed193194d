import type { Bus } from '@greencloud/bus';
import { encodeEventBatch, type RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, eventLogService, type MemoryLog } from '@greencloud/event-log/testing';
import { startGrpcServer } from '@greencloud/grpc';
import { createHealth } from '@greencloud/runtime';
import { silent } from './test-views.ts';

export interface TestLog extends AsyncDisposable {
  readonly log: MemoryLog;
  readonly address: string;
  close(): Promise<void>;
}

/** The EventLogService of the contract on a real gRPC server, over a log in memory. */
export async function withLog(
  log: MemoryLog = createMemoryLog({ partitions: 2 }),
): Promise<TestLog> {
  const health = createHealth();
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [eventLogService(log)],
    logger: silent,
    health,
    maxMessageBytes: 64 * 1024 * 1024,
  });
  health.set('ready');
  const close = () => server.close();
  return { log, address: server.address, close, [Symbol.asyncDispose]: close };
}

/** What the relay does: publishes to the event's partition, after whatever is there. */
export async function publishTo(bus: Bus, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    const { partition, position } = event;
    await bus.ensureStream(partition);
    const previous = await bus.lastPublished(partition);
    const bytes = encodeEventBatch([event]);
    const result = await bus.publish([{ position, bytes }], { partition, previous });
    if (result.kind !== 'published') throw new Error(JSON.stringify(result.kind));
  }
}
