import type { UnreadableReason } from '../recorded-event.ts';

/** Bytes that this release cannot turn into an event. */
export class EventCodecError extends Error {
  override readonly name = 'EventCodecError';
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
