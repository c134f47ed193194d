import type { NodeId, TaskId, TaskState } from '@greencloud/domain';
import type { HeldTask } from '../board/open-task.ts';
import type { Held } from '../fleet/held.ts';
import type { Attempt } from '../fleet/messages.ts';

/** What a node that connects says it has, beside what is known of it here. */
export interface Meeting {
  readonly nodeId: NodeId;
  /** Of the session that begins. */
  readonly epoch: bigint;
  /** The session that it takes over from, unless that had ended. */
  readonly previous: bigint | 'none';
  readonly running: readonly Attempt[];
  /** What this replica held at the node until now. */
  readonly held: ReadonlyMap<TaskId, Held>;
  /** The node's last session at this replica. */
  readonly heldUnder: bigint | 'none';
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
  /** The node had accepted it and has it no longer, or a session between has answered for it. */
  readonly lost: readonly Attempt[];
  /** It still binds here, and a session between has answered for it. */
  readonly disown: readonly Held[];
}

/**
 * The tasks on which the board, which may be a moment behind the log, must not decide: to stop
 * good work and to run a finished task again are both worse than one more read.
 */
export function questions(meeting: Meeting): TaskId[] {
  const { running, held, onBoard, nodeId } = meeting;
  const listed = new Set(running.map(({ taskId }) => taskId));
  const strange = running.filter(
    (attempt) =>
      !isHeldAs(held, attempt) && !isOf(onBoard.get(attempt.taskId)?.state, attempt, nodeId),
  );
  const unheard = [...onBoard.values()].filter(
    (task) => isHeir(meeting, task) && !listed.has(task.taskId) && !held.has(task.taskId),
  );
  return [...strange, ...unheard].map(({ taskId }) => taskId);
}

/**
 * Who does what now. `truth` has the state in the log of each task that was a question.
 *
 * What the node has not heard of is brought to it only by the session that follows the one it was
 * given to. Any other would begin what has been given up: a session between, or whoever ended that
 * one, has answered for it, and the release may be on its way to the log for as long as that is slow.
 */
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
  const sent = missing.filter(({ phase }) => phase === 'sent');
  const isOurs = meeting.heldUnder === meeting.previous;
  return {
    keep: known.flatMap(({ taskId }) => held.get(taskId) ?? []),
    adopt: strange.filter(mine),
    fence: strange.filter((attempt) => !mine(attempt)),
    resend: isOurs ? sent : [],
    give: unlisted.filter(
      (task) => isHeir(meeting, task) && isUnheard(task, truth.get(task.taskId), nodeId),
    ),
    lost: [
      ...missing.filter(({ phase }) => phase === 'accepted'),
      ...(isOurs ? [] : sent),
      ...unlisted.filter((task) => isGivenUp(meeting, task)).map(attemptOf),
    ],
    disown: isOurs ? [] : missing.filter(({ phase }) => phase === 'binding'),
  };
}

function isHeir({ previous }: Meeting, { state, sessionEpoch }: HeldTask): boolean {
  return state.status === 'assigned' && sessionEpoch === previous;
}

/** What a later session was given is not ours to judge: this one may be late to begin. */
function isGivenUp(meeting: Meeting, task: HeldTask): boolean {
  return task.sessionEpoch < meeting.epoch && !isHeir(meeting, task);
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
