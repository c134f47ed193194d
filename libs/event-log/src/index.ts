export { EventCodecError } from './codec/codec-error.ts';
export {
  capabilitiesFromProto,
  capabilitiesToProto,
  contentInfoFromProto,
  contentInfoToProto,
} from './codec/content.ts';
export {
  outcomeFromProto,
  outcomeToProto,
  releaseReasonFromProto,
  releaseReasonToProto,
} from './codec/enums.ts';
export { batchOfOne, decodeEventBatch, encodeEventBatch } from './codec/event-batch.ts';
export { fromProtoRecordedEvent, toProtoRecordedEvent } from './codec/recorded-event.ts';
export { encodeStoredEvent } from './codec/stored-event.ts';
export { decodeTaskEvent, encodeTaskEvent, schemaVersionOf } from './codec/task-event.ts';
export { follow } from './follow/follow.ts';
export { createTaskFeed, type TaskFeed, type TaskListener } from './follow/task-feed.ts';
export { LogSetBackError } from './follow/log-set-back-error.ts';
export type {
  CatchUpReason,
  FollowOptions,
  FollowState,
  FollowTimers,
} from './follow/follow-options.ts';
export {
  createLogReader,
  type LogContent,
  type LogHeads,
  type LogReader,
  type OpenTasks,
  type TaskKey,
} from './reader/log-reader.ts';
export type {
  Envelope,
  RecordedEvent,
  UnreadableEvent,
  UnreadableReason,
} from './recorded-event.ts';
