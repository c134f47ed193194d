import type { Migration } from 'kysely/migration';
import * as nodes from './0001-nodes.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const migrations: Record<string, Migration> = {
  '0001-nodes': nodes,
};
