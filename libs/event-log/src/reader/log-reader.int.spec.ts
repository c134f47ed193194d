import { DomainError, parseTaskId } from '@greencloud/domain';
import { type GrpcServer, startGrpcServer } from '@greencloud/grpc';
import { createHealth, createLogger } from '@greencloud/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventLogService } from '../testing/event-log-service.ts';
import { createMemoryLog } from '../testing/memory-log.ts';
import { storyTenant, taskStory } from '../testing/task-story.ts';
import { createLogReader, type LogReader } from './log-reader.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

function taskOf(number: number) {
  return parseTaskId(number.toString(16).padStart(24, '0'));
}

describe('log reader over gRPC', () => {
  const log = createMemoryLog({ partitions: 3, batch: 100 });
  let server: GrpcServer;
  let reader: LogReader;

  beforeAll(async () => {
    for (let number = 0; number < 1_500; number++) {
      log.append(taskOf(number), ...taskStory(number % 2 === 0 ? [0, 4, 2] : [0]));
    }
    log.setResult(taskOf(2), { contentType: 'text/plain', body: Buffer.from('two') });
    const health = createHealth();
    server = await startGrpcServer({
      address: '127.0.0.1:0',
      services: [eventLogService(log)],
      logger,
      health,
    });
    reader = createLogReader(server.address);
  });
  afterAll(async () => {
    reader.close();
    await server.close();
  });

  it('knows the partitions and their heads', async () => {
    expect(await reader.getLog()).toEqual(await log.getLog());
  });

  it('reads a partition in order, as it was written', async () => {
    const events = [];
    for await (const batch of reader.readPartition(1, 0n)) events.push(...batch);
    expect(events).toEqual(log.events(1));
  });

  it('reads a range of a partition', async () => {
    const positions = [];
    for await (const batch of reader.readPartition(1, 10n, { upTo: 13n })) {
      positions.push(...batch.map(({ position }) => position));
    }
    expect(positions).toEqual([11n, 12n, 13n]);
  });

  it('reads more streams than one call takes, and leaves out unknown tasks', async () => {
    const wanted = Array.from({ length: 2_100 }, (_, number) => taskOf(number));
    const streams = await reader.readTasks(wanted);
    expect(streams.size).toBe(1_500);
    expect(streams.get(taskOf(1_499))?.map(({ version }) => version)).toEqual([1, 2]);
  });

  it('lists the open tasks of a partition as of one position', async () => {
    for await (const { asOf, streams } of reader.listOpenTasks(2)) {
      expect(asOf).toBe(BigInt(log.events(2).length));
      expect(streams.length).toBeGreaterThan(0);
      expect(streams.every((stream) => stream.length === 2)).toBe(true);
    }
  });

  it('reads more results than one call takes, in the order of the keys', async () => {
    const keys = Array.from({ length: 250 }, (_, number) => ({
      tenantId: storyTenant,
      taskId: taskOf(number),
    }));
    const results = await reader.getResults(keys);
    expect(results).toHaveLength(250);
    expect(results.flatMap((result, index) => (result === undefined ? [] : [index]))).toEqual([2]);
    expect(Buffer.from(results[2]?.body ?? []).toString()).toBe('two');
  });

  it('ends a stream when it is told to', async () => {
    const ending = new AbortController();
    const reading = (async () => {
      for await (const _ of reader.readPartition(0, 0n, { signal: ending.signal })) ending.abort();
    })();
    await expect(reading).rejects.toThrow(DomainError);
  });
});
