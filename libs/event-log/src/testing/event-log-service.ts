import { parseTaskId, parseTenantId } from '@greencloud/domain';
import { type GrpcService, service } from '@greencloud/grpc';
import { EventLogServiceService } from '@greencloud/proto/eventlog/v1/event_log';
import { toProtoRecordedEvent } from '../codec/recorded-event.ts';
import type { LogContent } from '../reader/log-reader.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import type { MemoryLog } from './memory-log.ts';

/** The real EventLogService of the contract over a log in memory, for a gRPC server of a test. */
export function eventLogService(log: MemoryLog): GrpcService {
  return service(EventLogServiceService, {
    async getLog() {
      const { partitions, heads } = await log.getLog();
      return { partitions, heads: [...heads] };
    },
    async *readPartition({ partition, afterPosition, upToPosition }) {
      for await (const events of log.readPartition(partition, afterPosition, {
        upTo: upToPosition,
      })) {
        yield { events: events.map(toProtoRecordedEvent) };
      }
    },
    async readTasks({ taskIds }) {
      const found = await log.readTasks(taskIds.map(parseTaskId));
      return { streams: taskIds.map((taskId) => streamOf(taskId, found.get(parseTaskId(taskId)))) };
    },
    async *listOpenTasks({ partition }) {
      for await (const { asOf, streams } of log.listOpenTasks(partition)) {
        const found = streams.map((events) => streamOf(events[0]?.taskId ?? '', events));
        yield { asOfPosition: asOf, streams: found };
      }
    },
    async batchGetResults({ keys }) {
      const wanted = keys.map(({ tenantId, taskId }) => ({
        tenantId: parseTenantId(tenantId),
        taskId: parseTaskId(taskId),
      }));
      const found = await log.getResults(wanted);
      return { results: found.map(entryOf) };
    },
    async getPayload() {
      return {};
    },
  });
}

function entryOf(content: LogContent | undefined) {
  if (content === undefined) return {};
  const { contentType, body } = content;
  return { content: { contentType, body: Buffer.from(body) } };
}

function streamOf(taskId: string, events: readonly RecordedEvent[] = []) {
  return { taskId, events: events.map(toProtoRecordedEvent) };
}
