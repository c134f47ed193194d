import {
  decide,
  DomainError,
  evolve,
  initialState,
  type TaskEvent,
  type TaskId,
  type TaskState,
} from '@greencloud/domain';
import type { AppendAnswer, AppendRequest, PayloadKept } from './append-request.ts';
import { payloadOf, type TaskInLog } from './load-tasks.ts';
import type { CachedTask } from './task-cache.ts';

/** What is known of a task before a batch is decided. */
export type KnownTask = TaskInLog | ({ readonly kind: 'cached' } & CachedTask);

/** An event to append, and its task after it. */
export interface DecidedEvent {
  readonly request: AppendRequest;
  readonly event: TaskEvent;
  readonly expectedVersion: number;
  readonly after: CachedTask;
}

export type Verdict =
  | { readonly kind: 'append'; readonly decided: DecidedEvent }
  | { readonly kind: 'answer'; readonly answer: AppendAnswer | DomainError }
  /** Nothing to do, if the task really stood at this version. */
  | { readonly kind: 'unchanged'; readonly version: number }
  /** To be decided again on the task as the log has it. */
  | { readonly kind: 'undecided' };

/** A task while its commands of one batch are decided one after the other. */
interface Unfolding {
  state: TaskState;
  payload: PayloadKept;
  readonly known: KnownTask | undefined;
  readonly commandIds: Set<string>;
}

const undecided: Verdict = { kind: 'undecided' };

/**
 * Decides the commands of a batch in order, each on the state that those before it make. Only an
 * event may rest on a cached state, because the log checks its version; a refusal needs the task as
 * the log has it, with all its commands: what is refused may be the second sending of one of them.
 */
export function decideBatch(
  requests: readonly AppendRequest[],
  knownOf: (taskId: TaskId) => KnownTask | undefined,
): Verdict[] {
  const unfolding = new Map<TaskId, Unfolding>();
  return requests.map((request) => {
    const { taskId } = request;
    const task = unfolding.get(taskId) ?? beginWith(knownOf(taskId));
    unfolding.set(taskId, task);
    return verdictOn(request, task);
  });
}

function beginWith(known: KnownTask | undefined): Unfolding {
  const commandIds = new Set<string>();
  if (known === undefined || known.kind === 'unreadable') {
    return { state: initialState, payload: 'none', known, commandIds };
  }
  return { state: known.state, payload: known.payload, known, commandIds };
}

function verdictOn(request: AppendRequest, task: Unfolding): Verdict {
  const { known, commandIds } = task;
  if (known?.kind === 'unreadable') return answer(known.error);
  if (commandIds.has(request.commandId)) return undecided;
  const earlier = known?.kind === 'readable' ? known.appended.get(request.commandId) : undefined;
  if (earlier !== undefined) {
    const { payload } = task;
    return answer({ kind: 'appended', taskId: request.taskId, ...earlier, payload });
  }
  const decision = decide(request.command, task.state);
  if (decision.kind === 'accepted') return append(request, decision.event, task);
  if (decision.kind === 'unchanged') return { kind: 'unchanged', version: task.state.version };
  const fresh = known?.kind === 'readable' && commandIds.size === 0;
  return fresh ? answer(new DomainError(decision.code, decision.message)) : undecided;
}

function append(request: AppendRequest, event: TaskEvent, task: Unfolding): Verdict {
  const expectedVersion = task.state.version;
  task.state = evolve(task.state, event);
  if (event.type === 'TaskIssued') task.payload = payloadOf(event);
  task.commandIds.add(request.commandId);
  const after = { state: task.state, payload: task.payload };
  return { kind: 'append', decided: { request, event, expectedVersion, after } };
}

function answer(answer: AppendAnswer | DomainError): Verdict {
  return { kind: 'answer', answer };
}
