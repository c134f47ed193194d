import type { NodeId, TaskId } from '@greencloud/domain';
import { v5 } from 'uuid';
import type { Entry } from './task-commands.ts';

const namespace = '6f1f3c1e-8a55-4d0b-9a51-6d8f0f9b6c6e';

// Made from what is commanded, not at random: a report that reaches the log twice, by two sessions,
// by two replicas or around a restart, is the same command there and has its effect once.
export function reportId(taskId: TaskId, attempt: number, entry: Entry): string {
  const detail = entry.kind === 'progress' ? `/${entry.percent}` : '';
  const by = entry.kind === 'finish' && entry.outcome === 'timed_out' ? '/timed_out' : '';
  return v5(`${taskId}/${attempt}/${entry.kind}${detail}${by}`, namespace);
}

export function assignId(taskId: TaskId, version: number, nodeId: NodeId, epoch: bigint): string {
  return v5(`${taskId}/assign/${version}/${nodeId}/${epoch}`, namespace);
}
