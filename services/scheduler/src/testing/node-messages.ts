/** What passes between a node and a replica, as tests say and read it. */
import type { TaskId } from '@greencloud/domain';
import type { ToNode } from '../fleet/messages.ts';

/** The report of a success without a result. */
export const finish = {
  kind: 'finish',
  outcome: 'succeeded',
  status: 200,
  detail: '',
  result: undefined,
} as const;

export function told<K extends ToNode['kind']>(
  messages: readonly ToNode[],
  kind: K,
): Extract<ToNode, { kind: K }>[] {
  return messages.filter(
    (message): message is Extract<ToNode, { kind: K }> => message.kind === kind,
  );
}

/** The attempts that a node was told to begin. */
export function assigned(messages: readonly ToNode[]): (readonly [TaskId, number])[] {
  return told(messages, 'assignments').flatMap(({ assignments }) =>
    assignments.map(({ taskId, attempt }) => [taskId, attempt] as const),
  );
}
