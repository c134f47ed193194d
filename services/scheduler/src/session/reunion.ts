import type { NodeId, TaskId, TaskState } from '@greencloud/domain';
import type { HeldTask } from '../board/open-task.ts';
import type { Held } from '../fleet/held.ts';
import type { Attempt } from '../fleet/messages.ts';

/** What a node that connects says it has, beside what is known of it here. */
export interface Meeting {
  readonly nodeId: NodeId;
  readonly running: readonly Attempt[];
  /** What this replica held at the node until now. */
  readonly held: ReadonlyMap<TaskId, Held>;
  /** What the board says the node has. */
  readonly onBoard: ReadonlyMap<TaskId, HeldTask>;
}

export interface Reunion {
  /** The node has it and we knew. */
  readonly keep: readonly Held[];
  /** The node has it and the log says so: a session of before, perhaps of another replica. */
  readonly adopt: readonly Attempt[];
  /** Not this node's any more. */
  readonly fence: readonly Attempt[];
  /** It was sent and never arrived. */
  readonly resend: readonly Held[];
  /** The log gave it to the node, and whoever did so died before telling it. */
  readonly give: readonly HeldTask[];
  /** The node had accepted it and has it no longer. */
  readonly lost: readonly Attempt[];
}

/**
 * The tasks on which the board, which may be a moment behind the log, must not decide: to stop
 * good work and to run a finished task again are both worse than one more read.
 */
export function questions({ running, held, onBoard, nodeId }: Meeting): TaskId[] {
  const listed = new Set(running.map(({ taskId }) => taskId));
  const strange = running.filter(
    (attempt) =>
      !isHeldAs(held, attempt) && !isOf(onBoard.get(attempt.taskId)?.state, attempt, nodeId),
  );
  const unheard = [...onBoard.values()].filter(
    ({ taskId, state }) => state.status === 'assigned' && !listed.has(taskId) && !held.has(taskId),
  );
  return [...strange, ...unheard].map(({ taskId }) => taskId);
}

/** Who does what now. `truth` has the state in the log of each task that was a question. */
export function reunite(meeting: Meeting, truth: ReadonlyMap<TaskId, TaskState>): Reunion {
  const { nodeId, running, held, onBoard } = meeting;
  const stateOf = (taskId: TaskId) => truth.get(taskId) ?? onBoard.get(taskId)?.state;
  const known = running.filter((attempt) => isHeldAs(held, attempt));
  const strange = running.filter((attempt) => !isHeldAs(held, attempt));
  const mine = (attempt: Attempt) => isOf(stateOf(attempt.taskId), attempt, nodeId);
  const listed = new Set(running.map(({ taskId }) => taskId));
  const missing = [...held.values()].filter(({ taskId }) => !listed.has(taskId));
  const unlisted = [...onBoard.values()].filter(
    ({ taskId }) => !listed.has(taskId) && !held.has(taskId),
  );
  return {
    keep: known.flatMap(({ taskId }) => held.get(taskId) ?? []),
    adopt: strange.filter(mine),
    fence: strange.filter((attempt) => !mine(attempt)),
    resend: missing.filter(({ phase }) => phase === 'sent'),
    give: unlisted.filter((task) => isUnheard(task, truth.get(task.taskId), nodeId)),
    lost: [
      ...missing.filter(({ phase }) => phase === 'accepted'),
      ...unlisted.filter(({ state }) => state.status === 'running').map(attemptOf),
    ],
  };
}

function attemptOf({ taskId, state }: HeldTask): Attempt {
  return { taskId, attempt: state.attempt };
}

function isHeldAs(held: ReadonlyMap<TaskId, Held>, { taskId, attempt }: Attempt): boolean {
  return held.get(taskId)?.attempt === attempt;
}

function isOf(state: TaskState | undefined, { attempt }: Attempt, nodeId: NodeId): boolean {
  if (state?.status !== 'assigned' && state?.status !== 'running') return false;
  return state.attempt === attempt && state.nodeId === nodeId;
}

function isUnheard(task: HeldTask, truth: TaskState | undefined, nodeId: NodeId): boolean {
  return truth?.status === 'assigned' && isOf(truth, attemptOf(task), nodeId);
}
