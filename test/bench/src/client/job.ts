import type { Figures } from '../figures.ts';
import type { TaskBody } from '../peers/peer.ts';

/** Where tasks are posted to, and as whom. */
export type DoorAddress = {
  readonly baseUrl: string;
  /** An access token; peers check none. */
  readonly token?: string | undefined;
  readonly body: TaskBody;
};

/** What the client process is to do. */
export type LoadJob = {
  readonly door: DoorAddress;
  readonly tasks: number;
  readonly connections: number;
  readonly warmUpTasks: number;
  readonly singles: number;
  readonly gapMs: number;
  readonly limitSeconds: number;
};

/** What the client says it begins; it goes on when it is told `go`. */
export type Phase = 'warm-up' | 'burst' | 'sweep' | 'singles';

export type LoadResult = {
  readonly figures: Figures;
  /** Tasks that the end of the burst left behind: see `finishBurst`. */
  readonly stragglers: number;
};

export type ClientMessage =
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'result'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };
