import { z } from 'zod';

export const maxWaitSeconds = 60;

/** Any text: a preference that makes no sense is ignored (RFC 7240). */
export const zPrefer = z
  .string()
  .optional()
  .meta({
    description: '`wait=N`, where the query names no `wait`; above 60 it counts as 60.',
    examples: ['wait=30'],
  });

/**
 * Seconds of `Prefer: wait=N` (RFC 7240), at most `maxWaitSeconds`. A preference that makes no sense
 * is ignored, as the RFC demands.
 */
export function preferredWaitOf(header: string | undefined): number | undefined {
  for (const preference of (header ?? '').split(',')) {
    const [, seconds] = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference) ?? [];
    if (seconds !== undefined) return Math.min(Number(seconds), maxWaitSeconds) || undefined;
  }
  return undefined;
}
