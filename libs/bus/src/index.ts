export {
  type Bus,
  type BusOptions,
  connectBus,
  type EventPublisher,
} from './bus.ts';
export { lateLiveEvents } from './late-live-events.ts';
export type { LiveEvents } from './live-events.ts';
export type {
  BreakReason,
  BusStatus,
  LiveHandlers,
  OutgoingEvent,
  Previous,
  PublishResult,
  RejectReason,
  StreamEnd,
  Unsubscribe,
} from './messages.ts';
export { type BusPermissions, busPermissions, type BusUser } from './permissions.ts';
export { defaultStreamLimits, type StreamLimits } from './stream.ts';
