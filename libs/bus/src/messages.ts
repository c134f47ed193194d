export interface OutgoingEvent {
  readonly position: bigint;
  /** Encoded so that the bytes of several, one behind the other, are the body of a message. */
  readonly bytes: Uint8Array;
}

/** Where a stream ends. `sequence` is the server's own number, for `Nats-Expected-Last-Sequence`. */
export type StreamEnd =
  /** Its last message ends with the event at `position`; `bytes` are that message's body. */
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

/** What a message is chained to: an end just asked for, or the message published before. */
export type Previous =
  | { readonly kind: 'at'; readonly position: bigint; readonly sequence: number }
  | { readonly kind: 'empty'; readonly sequence: number }
  | { readonly kind: 'after'; readonly position: bigint; readonly sequence: number };

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
  /** The events up to `upTo`, which may not be all; chain those behind it to `next`. */
  | { readonly kind: 'published'; readonly upTo: bigint; readonly next: Previous }
  /** Nothing was stored. */
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string }
  /** All of one message was stored, or nothing, and nobody knows. Ask `lastPublished`. */
  | { readonly kind: 'timeout' };

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
  /** The body of a message: one or more events. Called in the order of the stream; must not throw. */
  onMessage(bytes: Uint8Array): void;
  onBreak(reason: BreakReason): void;
}

export type BusStatus = 'connected' | 'disconnected';

export type Unsubscribe = () => void;
