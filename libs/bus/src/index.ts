export {
  type Bus,
  type BusOptions,
  connectBus,
  type EventPublisher,
  type LiveEvents,
} from './bus.ts';
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
export { defaultStreamLimits, type StreamLimits } from './stream.ts';
