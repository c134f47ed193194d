import type { TaskId } from '@greencloud/domain';

/** `EVT_<p>` holds `evt.<p>.<taskId>.<type>`; a partition is one stream, so its order is the server's. */
export function streamName(partition: number): string {
  return `EVT_${partition}`;
}

export function partitionSubjects(partition: number): string {
  return `evt.${partition}.>`;
}

export function taskSubjects(partition: number, taskId: TaskId): string {
  return `evt.${partition}.${taskId}.>`;
}

export function eventSubject(partition: number, taskId: TaskId, type: string): string {
  return `evt.${partition}.${taskId}.${type}`;
}

export const wakeSubjects = 'wake.*';

/** What the relays are to look at: a partition's log, or the leases. */
export type WakeTarget = number | 'leases';

export function wakeSubject(target: WakeTarget): string {
  return `wake.${target}`;
}

export function targetOfWake(subject: string): WakeTarget {
  const target = subject.slice('wake.'.length);
  return target === 'leases' ? target : Number(target);
}
