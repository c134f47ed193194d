import {
  type Connection,
  type ConnectionOptions,
  openConnection,
} from './connection/connection.ts';
import { followPartition, type JetStream } from './follow/follow.ts';
import { lastPublished } from './publish/last-published.ts';
import type { LiveEvents } from './follow/live-events.ts';
import type {
  BusStatus,
  OutgoingEvent,
  Previous,
  PublishResult,
  StreamEnd,
  Unsubscribe,
} from './messages.ts';
import { publish } from './publish/publish.ts';
import { defaultStreamLimits, deleteStream, ensureStream, type StreamLimits } from './stream.ts';
import type { WakeTarget } from './subjects.ts';
import { createWaker, onWake } from './wake.ts';
import { watchPartition } from './follow/watch-partition.ts';
import { whileConnected } from './connection/while-connected.ts';

export interface BusOptions extends ConnectionOptions {
  readonly stream?: Partial<StreamLimits> | undefined;
}

/** Publishing side: the relay. */
export interface EventPublisher {
  /** Idempotent. Rejects when the server drops a field that was set, or is away. */
  ensureStream(partition: number): Promise<void>;
  lastPublished(partition: number): Promise<StreamEnd>;
  /** Idempotent. Followers read the log, and find the stream again once it is made anew. */
  deleteStream(partition: number): Promise<void>;
  /**
   * Publishes one message, with as many of the events as it holds; they are contiguous, and at least
   * one. Never rejects: every outcome is in the result.
   */
  publish(
    events: readonly OutgoingEvent[],
    options: { readonly partition: number; readonly previous: Previous },
  ): Promise<PublishResult>;
}

export interface Bus extends EventPublisher, LiveEvents {
  /** Of all relays, this one's too. */
  wake(target: WakeTarget): void;
  onWake(handler: (target: WakeTarget) => void): Unsubscribe;
  onStatus(listener: (status: BusStatus) => void): Unsubscribe;
  /** Flushes what was sent and ends all subscriptions. */
  close(): Promise<void>;
}

const apiTimeoutMs = 5_000;

/** Waits for NATS and reconnects for ever; `status` says how it is now. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const connection = await openConnection(options);
  const { nats } = connection;
  const jsm = await nats.jetstreamManager({ timeout: apiTimeoutMs, checkAPI: false });
  const js = nats.jetstream({ timeout: apiTimeoutMs });
  return busOver(connection, { jsm, js }, { ...defaultStreamLimits, ...options.stream });
}

/** Apart from the connection, so that a server in memory can stand behind it. */
export function busOver(connection: Connection, jetStream: JetStream, limits: StreamLimits): Bus {
  const { nats } = connection;
  const { streams } = jetStream.jsm;
  const waker = createWaker(nats);
  return {
    ensureStream: (partition) =>
      whileConnected(connection, () => ensureStream(streams, partition, limits)),
    lastPublished: (partition) =>
      whileConnected(connection, () => lastPublished(streams, partition)),
    deleteStream: (partition) => whileConnected(connection, () => deleteStream(streams, partition)),
    async publish(events, { partition, previous }) {
      if (connection.status() === 'disconnected') return notSent;
      return await publish({ nats, js: jetStream.js, connection }, partition, events, previous);
    },
    follow: (partition, handlers) => followPartition(connection, jetStream, partition, handlers),
    watch: (partition, handlers) => watchPartition(connection, partition, handlers),
    wake: (target) => waker.wake(target),
    onWake: (handler) => onWake(nats, handler),
    status: () => connection.status(),
    onStatus: (listener) => connection.onStatus(listener),
    close() {
      waker.flush();
      return closeConnection(connection);
    },
  };
}

/** A drain waits for the server's answer, which nobody gives while it is away. */
async function closeConnection(connection: Connection): Promise<void> {
  const { nats } = connection;
  if (nats.isClosed()) return;
  await (connection.status() === 'connected' ? nats.drain() : nats.close());
}

const notSent: PublishResult = {
  kind: 'rejected',
  reason: 'disconnected',
  detail: 'not connected',
};
