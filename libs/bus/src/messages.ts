import type { TaskId } from '@greencloud/domain';

export interface OutgoingEvent {
  readonly position: bigint;
  readonly taskId: TaskId;
  /** The event's name in the past tense; the last token of its subject. */
  readonly type: string;
  /** The encoded RecordedEvent. */
  readonly bytes: Uint8Array;
}

/** Where a stream ends. `sequence` is the server's own number, for `Nats-Expected-Last-Sequence`. */
export type StreamEnd =
  /** Its last message is the event at `position`; `bytes` are that message's. */
  | {
      readonly kind: 'at';
      readonly position: bigint;
      readonly sequence: number;
      readonly bytes: Uint8Array;
    }
  /**
   * It has no last message (aged out, purged, made anew). Go on with what you would publish next:
   * history is read from the log.
   */
  | { readonly kind: 'empty'; readonly sequence: number };

/** What the first event of a publish is chained to: an end just asked for, or the last one published. */
export type Previous =
  | { readonly kind: 'at'; readonly position: bigint; readonly sequence: number }
  | { readonly kind: 'empty'; readonly sequence: number }
  | { readonly kind: 'after'; readonly position: bigint };

export type RejectReason =
  /** The stream ends elsewhere: another leader, or a lost tail. Ask `lastPublished`, go on from there. */
  | 'wrong_last'
  /** No stream takes the subject, or JetStream is off. `ensureStream`, then ask `lastPublished`. */
  | 'no_stream'
  /** Nothing was sent. Wait for the connection. */
  | 'disconnected'
  /** The server refuses to store (limits, disk). Back off; the log keeps everything. */
  | 'refused';

export type PublishResult =
  | { readonly kind: 'published'; readonly upTo: bigint }
  /** `upTo`: the last one of this call that is published, undefined for none. */
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason;
      readonly detail: string;
      readonly upTo: bigint | undefined;
    }
  /** The outcome of what follows `upTo` is unknown. Ask `lastPublished`. */
  | { readonly kind: 'timeout'; readonly upTo: bigint | undefined };

/** Why a live subscription may have missed something. In every case: read the log up to its head. */
export type BreakReason =
  /** The subscription begins (again): what was published before it does not come. */
  | 'subscribed'
  /** The server's delivery numbers have a hole. */
  | 'out_of_order'
  /** The server fell silent while connected. */
  | 'heartbeats_missed'
  /** The consumer is gone: the server restarted, or somebody deleted it. */
  | 'consumer_lost'
  /** The stream does not exist (yet, or any more). Live messages come when the relay has made it. */
  | 'no_stream'
  /** The connection is cut; it comes back by itself. */
  | 'disconnected';

export interface LiveHandlers {
  /** One encoded RecordedEvent. Called in the order of the stream; must not throw. */
  onMessage(bytes: Uint8Array): void;
  onBreak(reason: BreakReason): void;
}

export type BusStatus = 'connected' | 'disconnected';

export type Unsubscribe = () => void;
