import { z } from 'zod';

/** Any text: what is no list of entity tags matches none of them. */
export const zIfNoneMatch = z
  .string()
  .optional()
  .meta({
    description:
      'The `ETag` of an earlier answer: `304` while the task is still the same, and never an older state than that one.',
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

const mostVersion = 2 ** 31 - 1;

/**
 * The newest version that `If-None-Match` names, 0 for none: the client has seen it, maybe from
 * another edge, which alone remembers having shown it.
 */
export function versionSeen(header = ''): number {
  const versions = [...header.matchAll(/"(\d{1,10})"/g)].map(([, version]) => Number(version));
  return Math.max(0, ...versions.filter((version) => version <= mostVersion));
}
