import { randomUUID } from 'node:crypto';

const usable = /^[\w.:-]{1,128}$/;

/** The caller's own id where it is one that can stand in a log line, else a new one. */
export function requestIdOf(given: string): string {
  return usable.test(given) ? given : randomUUID();
}
