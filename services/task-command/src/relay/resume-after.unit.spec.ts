import { expect, it } from 'vitest';
import { resumeAfter } from './resume-after.ts';

const empty = { kind: 'empty', sequence: 7 } as const;

it('goes on behind the last message, whatever it remembers', () => {
  const end = { kind: 'at', position: 5n, sequence: 9, bytes: Buffer.of() } as const;
  expect(resumeAfter(end, 8n, 10n)).toEqual({ after: 5n, previous: end });
});

it('goes on with what it would publish next when the stream was emptied', () => {
  expect(resumeAfter(empty, 8n, 10n)).toEqual({ after: 8n, previous: empty });
});

it('gives an empty stream the last 1,000 events when it has published none itself', () => {
  expect(resumeAfter(empty, 'unknown', 5_000n).after).toBe(4_000n);
  expect(resumeAfter(empty, 'unknown', 10n).after).toBe(0n);
});

it('takes what it has published for unknown when the log no longer has it', () => {
  expect(resumeAfter(empty, 5_001n, 5_000n).after).toBe(4_000n);
});
