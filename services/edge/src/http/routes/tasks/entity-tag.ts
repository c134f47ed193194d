import { z } from 'zod';

/** Any text: what is no list of entity tags matches none of them. */
export const zIfNoneMatch = z
  .string()
  .optional()
  .meta({
    description: 'The `ETag` of an earlier answer: `304` while the task is still the same.',
    examples: ['"4"'],
  });

/** A task's every change raises its version, so the version is the whole tag. */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** `If-None-Match` (RFC 9110, 13.1.2): weak comparison, a list, or `*`. */
export function isNoneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return true;
  const tags = header.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return !tags.includes(tag) && !tags.includes('*');
}
