import type { Capabilities, NodeId, TaskId, TenantId } from '@greencloud/domain';

/** `retry` goes first: its owner has waited for one attempt already. */
export type Priority = 'retry' | 'normal';

/** A task that waits for a node. */
export interface ReadyTask {
  readonly taskId: TaskId;
  readonly tenantId: TenantId;
  readonly partition: number;
  readonly demand: Capabilities;
  /** Seconds that it may hold a slot: what a turn of its tenant is charged. */
  readonly cost: number;
  readonly priority: Priority;
  /** Unix ms since when it waits. */
  readonly since: number;
  /** Nodes that must not get it now: they refused it. */
  readonly bans: readonly NodeId[];
}

/** Whether a node may be given a task of so many MiB now. */
export type HasRoom = (memSize: number) => boolean;

export const always: HasRoom = () => true;

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Tasks of one tenant with the same key fit the same nodes. */
export function lineKeyOf({ demand, bans }: ReadyTask): string {
  const { cpuCount, memSize, networkLatency, privileged } = demand;
  const sizes = `${cpuCount}/${memSize}/${networkLatency}/${privileged}`;
  return bans.length === 0 ? sizes : `${sizes}!${bans.toSorted(compareIds).join(',')}`;
}
