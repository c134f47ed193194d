import type { Capabilities, ContentInfo, TaskEvent } from '@greencloud/domain';

/** An event as the log's table holds it. */
export type LogRow = {
  readonly partition: number;
  readonly position: number;
  readonly taskId: string;
  readonly version: number;
  readonly recordedAt: number;
  readonly event: TaskEvent;
};

/** A task as the views' table holds it, column by column. Times are Unix ms. */
export type ViewRow = {
  readonly taskId: string;
  readonly tenantId: string;
  readonly lambdaId: string;
  readonly codeVersion: string;
  readonly issuedAt: number;
  readonly assignedAt: number | null;
  readonly finishedAt: number | null;
  readonly progress: number;
  readonly nodeId: string | null;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  readonly state: string;
  readonly outcome: string | null;
  readonly status: number;
  readonly attempt: number;
  readonly version: number;
  readonly detail: string;
  readonly result: ContentInfo | null;
};

/** A task as a list shows it. */
export type ListedTask = {
  readonly id: string;
  readonly lambdaId: string;
  readonly issued: string;
  readonly progress: number;
  readonly status: number;
  readonly state: string;
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
