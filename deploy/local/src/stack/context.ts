import type { LocalConfig } from '../config.ts';
import type { Report } from '../report.ts';
import type { DataFolders } from './data-folders.ts';

/** What every step of the start needs. */
export type StackContext = {
  readonly config: LocalConfig;
  readonly folders: DataFolders;
  readonly report: Report;
  /** Aborted when the stack is to end, also while it still comes up. */
  readonly signal: AbortSignal;
};
