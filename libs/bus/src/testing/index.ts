export { createMemoryBus } from './memory-bus.ts';
export { MemoryNats, type MemoryPeer } from './memory-nats.ts';
export type { MemoryStream, StoredMessage } from './memory-stream.ts';
export type { NatsLine } from './nats-line.ts';
