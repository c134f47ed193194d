import type { Board } from '../board/board.ts';
import { type HeldTask, isHeld, type OpenTask } from '../board/open-task.ts';
import type { Recorder } from '../record/recorder.ts';
import { inSlices } from '../slices.ts';
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
      const ends: Promise<void>[] = [];
      await inSlices(world, board.tasks(), (task) => {
        if (isHeld(task)) {
          if (isLate(task, now, options.deadlineGraceMs))
            ends.push(timeOut(task, options.recorder));
        } else if (isExpired(task, now, options.queueLimitMs)) {
          ends.push(expire(task, options.recorder));
        }
      });
      await Promise.all(ends);
    },
  };
}

function isLate({ since, state }: HeldTask, now: number, graceMs: number): boolean {
  return now > since + state.timeoutSeconds * 1_000 + graceMs;
}

function isExpired({ issuedAt }: OpenTask, now: number, limitMs: number): boolean {
  return now > issuedAt + limitMs;
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
