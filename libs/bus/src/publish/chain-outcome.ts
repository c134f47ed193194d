import type { OutgoingEvent, Previous, PublishResult, RejectReason } from '../messages.ts';
import type { Failure } from '../connection/nats-error.ts';

/** What one message came to. */
export type Outcome =
  | { readonly kind: 'stored' | 'duplicate'; readonly sequence: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly detail: string };

export type ChainResult =
  | PublishResult
  /**
   * The stream no longer holds these events (it was purged), but its duplicate window, 2 min, still
   * knows their ids: the server acks them and stores nothing. Followers read them from the log.
   */
  | { readonly kind: 'forgotten'; readonly upTo: bigint };

/** The first break of the chain decides: what the server says of the messages behind it follows. */
export function chainOutcome(
  events: readonly OutgoingEvent[],
  previous: Previous,
  outcomes: readonly Outcome[],
): ChainResult {
  let sequence = previous.kind === 'after' ? undefined : previous.sequence;
  let upTo: bigint | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'failed') return failedResult(outcome, upTo);
    if (isForgotten(outcome, sequence)) return forgotten(events, outcomes, index);
    sequence = outcome.sequence;
    upTo = events[index]?.position;
  }
  if (upTo === undefined) throw new RangeError('nothing to publish');
  return { kind: 'published', upTo };
}

/** A duplicate that is really stored stands right after the one before it. */
function isForgotten(
  outcome: Exclude<Outcome, { kind: 'failed' }>,
  before: number | undefined,
): boolean {
  return outcome.kind === 'duplicate' && before !== undefined && outcome.sequence !== before + 1;
}

function forgotten(
  events: readonly OutgoingEvent[],
  outcomes: readonly Outcome[],
  first: number,
): ChainResult {
  const behind = outcomes.findIndex(({ kind }, index) => index > first && kind !== 'duplicate');
  const last = events[behind === -1 ? outcomes.length - 1 : behind - 1];
  if (last === undefined) throw new RangeError('more outcomes than events');
  return { kind: 'forgotten', upTo: last.position };
}

export function failedResult(
  { failure, detail }: Extract<Outcome, { kind: 'failed' }>,
  upTo?: bigint,
): PublishResult {
  if (failure === 'timeout') return { kind: 'timeout', upTo };
  const reason: RejectReason = failure === 'connection' ? 'disconnected' : failure;
  return { kind: 'rejected', reason, detail, upTo };
}
