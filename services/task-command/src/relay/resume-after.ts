import type { Previous, StreamEnd } from '@greencloud/bus';

/** Where a leader goes on, and what it chains the first message to. */
export interface Resume {
  readonly after: bigint;
  readonly previous: Previous;
}

// What an empty stream is given of the past: what was committed while it was being made anew, so
// that live followers mostly need no look into the log. All of it would only be dropped by them.
const tail = 1_000n;

/**
 * A stream that has a last message goes on behind it, however much of its tail it has lost. An
 * empty one goes on behind what this leader has published, or with the last of the log: followers
 * read everything older from there, so nothing is lost by it.
 */
export function resumeAfter(end: StreamEnd, published: bigint | 'unknown', head: bigint): Resume {
  if (end.kind === 'at') return { after: end.position, previous: end };
  // Published, and no longer in the log: it was set back.
  const isKnown = published !== 'unknown' && published <= head;
  const after = isKnown ? published : head - tail;
  return { after: after > 0n ? after : 0n, previous: end };
}
