import { parseTaskId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { chainOutcome, type Outcome } from './chain-outcome.ts';

const events = [11n, 12n, 13n].map((position) => ({
  position,
  taskId: parseTaskId('6'.repeat(24)),
  type: 'TaskIssued',
  bytes: new Uint8Array(),
}));
const end = { kind: 'at', position: 10n, sequence: 100 } as const;

function stored(sequence: number): Outcome {
  return { kind: 'stored', sequence };
}
function duplicate(sequence: number): Outcome {
  return { kind: 'duplicate', sequence };
}
function failed(failure: 'wrong_last' | 'timeout' | 'connection'): Outcome {
  return { kind: 'failed', failure, detail: '' };
}

describe('chainOutcome', () => {
  it('is published when every message is stored', () => {
    const outcomes = [stored(101), stored(102), stored(103)];
    expect(chainOutcome(events, end, outcomes)).toEqual({ kind: 'published', upTo: 13n });
  });

  it('takes a duplicate that stands in its place as published', () => {
    const outcomes = [duplicate(101), duplicate(102), stored(103)];
    expect(chainOutcome(events, end, outcomes)).toEqual({ kind: 'published', upTo: 13n });
  });

  it('is decided by the first failure, with what was stored before it', () => {
    const outcomes = [stored(101), failed('timeout'), failed('wrong_last')];
    expect(chainOutcome(events, end, outcomes)).toEqual({ kind: 'timeout', upTo: 11n });
  });

  it('has stored nothing when the first message fails', () => {
    const outcomes = [failed('wrong_last'), failed('wrong_last')];
    expect(chainOutcome(events, end, outcomes)).toMatchObject({
      kind: 'rejected',
      reason: 'wrong_last',
      upTo: undefined,
    });
  });

  it('tells a closed connection apart', () => {
    expect(chainOutcome(events, end, [failed('connection')])).toMatchObject({
      reason: 'disconnected',
    });
  });

  it('knows duplicates that the stream no longer holds by their sequence', () => {
    const outcomes = [duplicate(41), duplicate(42), failed('wrong_last')];
    expect(chainOutcome(events, end, outcomes)).toEqual({ kind: 'forgotten', upTo: 12n });
  });

  it('finds forgotten duplicates behind stored messages', () => {
    const outcomes = [stored(101), duplicate(42), duplicate(43)];
    expect(chainOutcome(events, end, outcomes)).toEqual({ kind: 'forgotten', upTo: 13n });
  });
});
