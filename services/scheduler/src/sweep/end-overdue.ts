import type { Board } from '../board/board.ts';
import type { HeldTask, OpenTask } from '../board/open-task.ts';
import type { Recorder } from '../record/recorder.ts';
import type { World } from '../world.ts';
import type { Sweep } from './sweep.ts';

export interface EndOverdueOptions {
  readonly world: World;
  readonly board: Board;
  readonly recorder: Recorder;
  /** How long after its timeout an attempt may still be without an end. */
  readonly deadlineGraceMs: number;
  /** How long a task may wait in all. */
  readonly queueLimitMs: number;
  readonly everyMs: number;
}

/**
 * The backstop of all deadlines: ends what its node should have ended, and what no node took.
 * The grace is longer than it takes to lose a node, so that a lost node's task is given to
 * another one rather than ended.
 */
export function endOverdue(options: EndOverdueOptions): Sweep {
  const { world, board, everyMs } = options;
  return {
    name: 'end-overdue',
    everyMs,
    run: async () => {
      const now = world.now();
      const late = heldTasks(board).filter((task) => isLate(task, now, options.deadlineGraceMs));
      const expired = Iterator.from(board.tasks()).filter((task) =>
        isExpired(task, now, options.queueLimitMs),
      );
      await Promise.all([
        ...late.map((task) => timeOut(task, options.recorder)),
        ...expired.map((task) => expire(task, options.recorder)),
      ]);
    },
  };
}

function isLate({ since, state }: HeldTask, now: number, graceMs: number): boolean {
  return now > since + state.timeoutSeconds * 1_000 + graceMs;
}

function isExpired({ issuedAt, state }: OpenTask, now: number, limitMs: number): boolean {
  return state.status === 'issued' && now > issuedAt + limitMs;
}

function heldTasks(board: Board): HeldTask[] {
  return [...board.nodes()].flatMap((nodeId) => board.tasksOf(nodeId));
}

async function timeOut({ taskId, state, sessionEpoch }: HeldTask, recorder: Recorder) {
  const { attempt, nodeId } = state;
  const detail = 'The task did not end within its timeout';
  await recorder.record(
    { taskId, attempt, nodeId, sessionEpoch },
    { kind: 'finish', outcome: 'timed_out', status: 504, detail, result: undefined },
  );
}

async function expire({ taskId, state }: OpenTask, recorder: Recorder) {
  const of = { taskId, attempt: state.attempt, nodeId: 'none', sessionEpoch: 0n } as const;
  await recorder.record(of, { kind: 'expiry' });
}
