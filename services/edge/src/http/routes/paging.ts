import { z } from 'zod';
import type { Page } from '../../tasks/task-services.ts';

/** A decimal number of a query. */
export function zQueryInteger({ min, max }: { min: number; max: number }) {
  const words = `must be a whole number, ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, words)
    .transform(Number)
    .refine((value) => value >= min && value <= max, words);
}

/** `limit` and `cursor` of every list. */
export const pagingQuery = {
  limit: zQueryInteger({ min: 1, max: 1_000 }).default(100),
  cursor: z.string().min(1, 'must not be empty').max(1_024, 'is too long').optional(),
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
