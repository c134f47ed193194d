export {
  type Bus,
  type BusOptions,
  connectBus,
  type EventPublisher,
} from './bus.ts';
export { lateLiveEvents } from './follow/late-live-events.ts';
export type { LiveEvents } from './follow/live-events.ts';
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
export { type BusPermissions, busPermissions, type BusUser } from './permissions/permissions.ts';
export { defaultStreamLimits, type StreamLimits } from './stream.ts';
