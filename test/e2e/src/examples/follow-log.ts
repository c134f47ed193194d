import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { connectBus } from '@greencloud/bus';
import { createLogReader, follow, type RecordedEvent } from '@greencloud/event-log';
import { openTls } from '@greencloud/grpc';
import { createLogger } from '@greencloud/runtime';
import { openPositions } from './positions.ts';

/*
 * An internal consumer: prints each event of the log as a line of JSON, and goes on behind the last
 * one after a restart.
 *
 *   node --conditions=@greencloud/source test/e2e/src/examples/follow-log.ts .local positions.json
 *
 * It reads what it has missed from the log by gRPC, with the operator's certificate, and what happens
 * from then on from JetStream; `follow` joins the two and mends what NATS loses. Each event comes at
 * least once: a line is printed before its position is noted, so a kill between the two prints the
 * last batch again. (partition, position) names an event for ever, if you need exactly once.
 */

interface StackFile {
  readonly grpc: { readonly 'task-command': string };
  readonly natsUrl: string;
  readonly tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
}

const [dataDir = '.local', positionsFile = 'positions.json'] = process.argv.slice(2);
const stack = JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')) as StackFile;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const { signal } = stop;

const logger = createLogger({ service: 'follow-log', level: 'silent' });
const tls = openTls(stack.tls, { logger });
const reader = createLogReader(stack.grpc['task-command'], { tls: tls.to('task-command') });
const bus = await connectBus({ servers: stack.natsUrl, name: 'follow-log', logger, signal });
const positions = await openPositions(positionsFile);

const { partitions } = await reader.getLog(signal);
await Promise.all(Array.from({ length: partitions }, (_, partition) => followOne(partition)));
reader.close();
await bus.close();

function followOne(partition: number): Promise<void> {
  return follow({
    partition,
    from: positions.of(partition),
    reader,
    bus,
    signal,
    async apply(events) {
      await print(events);
      await positions.note(partition, events.at(-1)?.position ?? 0n);
    },
    onState: ({ kind, position }) =>
      console.error(`partition ${partition}: ${kind} at ${position}`),
  });
}

/** Resolves when the lines have been handed over. */
function print(events: readonly RecordedEvent[]): Promise<void> {
  const lines = events.map(({ partition, position, taskId, version, event }) =>
    JSON.stringify({ partition, position: Number(position), taskId, version, type: event.type }),
  );
  return new Promise((resolve, reject) => {
    process.stdout.write(`${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve()));
  });
}
