import { z } from 'zod';
import type { Page } from '../../tasks/task-services.ts';

interface QueryInteger {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly example: number;
  /** Told to readers only; the schema itself still has to say `.default()`. */
  readonly usual?: number;
}

/** A decimal number of a query; an integer to whoever reads the API document. */
export function zQueryInteger({ min, max, description, example, usual }: QueryInteger) {
  const words = `must be a whole number, ${min} to ${max}`;
  const shape = { type: 'integer' as const, minimum: min, maximum: max, pattern: undefined };
  return z
    .string()
    .regex(/^\d{1,15}$/, words)
    .transform(Number)
    .refine((value) => value >= min && value <= max, words)
    .meta({ description, override: { ...shape, default: usual, examples: [example] } });
}

const usualLimit = 100;

/** `limit` and `cursor` of every list. */
export const pagingQuery = {
  limit: zQueryInteger({
    min: 1,
    max: 1_000,
    description: 'How many at most.',
    example: 20,
    usual: usualLimit,
  }).default(usualLimit),
  cursor: z.string().min(1, 'must not be empty').max(1_024, 'is too long').optional().meta({
    description:
      'Where to go on: the one that the `Link` header of the page before names. Opaque; follow the link as it is.',
  }),
};

export function pageOf({ limit, cursor }: { limit: number; cursor?: string | undefined }): Page {
  return { limit, cursor: cursor ?? '' };
}

/**
 * `Link: <…>; rel="next"` (RFC 8288) with the same query and the next cursor; nothing on the last
 * page. Relative, because the Host header of a request is the caller's word.
 */
export function linkToNext(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
  next: string,
): Record<string, string> {
  if (next === '') return {};
  const parameters = new URLSearchParams();
  const all: Readonly<Record<string, string | number | undefined>> = { ...query, cursor: next };
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return { link: `<${path}?${parameters.toString()}>; rel="next"` };
}
