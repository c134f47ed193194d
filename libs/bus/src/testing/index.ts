export { createMemoryBus, type NatsLine } from './memory-bus.ts';
export { MemoryNats, type MemoryPeer } from './memory-nats.ts';
export type { MemoryStream, StoredMessage } from './memory-stream.ts';
