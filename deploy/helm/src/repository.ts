import { resolve } from 'node:path';

/** A file of the repository by its path from the root. */
export function inRepository(path: string): string {
  return resolve(import.meta.dirname, '..', '..', '..', path);
}

/** A file of the chart. */
export function inChart(path: string): string {
  return inRepository(`deploy/helm/greencloud/${path}`);
}
