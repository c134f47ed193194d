import type { NodeId, TaskId } from '@greencloud/domain';
import type { Entry } from './task-commands.ts';
import { uuidV5 } from './uuid-v5.ts';

const commandUuid = uuidV5(Buffer.from('6f1f3c1e8a554d0b9a516d8f0f9b6c6e', 'hex'));

// Made from what is commanded, not at random: a report that reaches the log twice, by two sessions,
// by two replicas or around a restart, is the same command there and has its effect once.
export function reportId(taskId: TaskId, attempt: number, entry: Entry): string {
  const detail = entry.kind === 'progress' ? `/${entry.percent}` : '';
  const by = entry.kind === 'finish' && entry.outcome === 'timed_out' ? '/timed_out' : '';
  return commandUuid(`${taskId}/${attempt}/${entry.kind}${detail}${by}`);
}

export function assignId(taskId: TaskId, version: number, nodeId: NodeId, epoch: bigint): string {
  return commandUuid(`${taskId}/assign/${version}/${nodeId}/${epoch}`);
}
