import type { DoorAddress } from '../client/job.ts';
import type { PeerName } from '../peers/catalog.ts';
import type { WatchedProcess } from '../processes/watch-processes.ts';

export type SystemName = 'ours' | PeerName;

/** A system that takes tasks now. Disposing of it ends its processes and removes its data. */
export type RunningSystem = AsyncDisposable & {
  readonly door: DoorAddress;
  readonly processes: readonly WatchedProcess[];
  /** What its processes wrote, to be shown when a turn fails. */
  output(): string;
};

/** Says progress on stderr. */
export type Say = (line: string) => void;
