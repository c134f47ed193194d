import { type NodeId, type Slots, unitsOfSlot, unitsTaken } from '@greencloud/domain';
import type { OpenTask } from '../board/open-task.ts';
import { misfitOf } from '../placement/misfit.ts';
import { kindOf } from '../placement/node-kind.ts';
import type { NodeOffer } from '../placement/node-offer.ts';

export interface NodeInView {
  readonly nodeId: NodeId;
  readonly offer: NodeOffer;
  readonly drains: 'no' | 'yes';
  /** MiB of each task that it has. */
  readonly demands: readonly number[];
}

export interface WaitingReason {
  readonly nodes: number;
  readonly reason: string;
}

/** Why a task waits: for each reason, how many of the connected nodes it holds for. */
export function explainWaiting(
  task: OpenTask,
  nodes: Iterable<NodeInView>,
  now: number,
): WaitingReason[] {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const reason = reasonOf(task, node, now);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  if (counts.size === 0) return [{ nodes: 0, reason: 'no node is connected' }];
  return [...counts]
    .map(([reason, count]) => ({ nodes: count, reason }))
    .toSorted((a, b) => b.nodes - a.nodes);
}

function reasonOf({ state, bans }: OpenTask, node: NodeInView, now: number): string {
  const misfit = misfitOf(kindOf(node.offer), state.capabilities, state.tenantId);
  if (misfit !== undefined) return misfit;
  if (node.drains === 'yes') return 'draining';
  if (bans.some(({ nodeId, until }) => nodeId === node.nodeId && until > now)) {
    return 'did not take the task a moment ago';
  }
  const isBusy = isTooBusy(state.capabilities.memSize, node.demands, node.offer);
  return isBusy ? 'busy' : 'free, about to get a task';
}

/** Whether a node with tasks of so much memory has no room for one of `memSize` beside them. */
export function isTooBusy(memSize: number, demands: readonly number[], node: Slots): boolean {
  const units = [...demands, memSize].reduce((sum, each) => sum + unitsTaken(each, node), 0);
  return units > node.slots * unitsOfSlot(node);
}
