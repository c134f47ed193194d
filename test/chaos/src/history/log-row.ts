import type { TaskEvent } from '@greencloud/domain';

/** An event as the log's table holds it. */
export type LogRow = {
  readonly partition: number;
  readonly position: number;
  readonly taskId: string;
  readonly version: number;
  readonly recordedAt: number;
  readonly event: TaskEvent;
};

/** A task as the views' table holds it. */
export type ViewRow = {
  readonly taskId: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly progress: number;
  readonly nodeId: string | null;
  readonly attempt: number;
  readonly version: number;
};

/** What a lambda was given and what it answered, by its task. */
export type Contents = {
  readonly payloads: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, string>;
};

/** What a node declared. `memSize` in MiB, `networkLatency` in ms. */
export type NodeOffer = {
  readonly slots: number;
  readonly cpuCount: number;
  readonly memSize: number;
  readonly networkLatency: number;
  readonly privileged: boolean;
};
