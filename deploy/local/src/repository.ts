import { resolve } from 'node:path';

/** The root of the repository; services are started by their path in it. */
export const REPOSITORY = resolve(import.meta.dirname, '..', '..', '..');

/** A file of the repository by its path from the root. */
export function inRepository(path: string): string {
  return resolve(REPOSITORY, path);
}
