import {
  decide,
  DomainError,
  fold,
  initialState,
  type TaskCommand,
  type TaskEvent,
  type TaskId,
  type TenantId,
} from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createSignal, type Signal } from '@greencloud/runtime';
import type { Content } from '../../tasks/task-services.ts';

export interface FakeTask {
  readonly taskId: TaskId;
  readonly tenantId: TenantId;
  readonly events: RecordedEvent[];
  readonly payload: Content | undefined;
  result: Content | undefined;
}

/** The log and the views of the in-test services: the real decider, and memory in place of Postgres. */
export interface FakeLog {
  readonly tasks: Map<string, FakeTask>;
  /** Events of each task that the views do not have yet. */
  lag: number;
  /** Throws what the decider refuses with; answers the task's version. */
  append(tenantId: TenantId, taskId: TaskId, command: TaskCommand, payload?: Content): number;
  /** Undefined for a task of another tenant. */
  find(tenantId: string, taskId: string): FakeTask | undefined;
  /** Resolves at the next event of any task, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
}

export function createFakeLog(): FakeLog {
  const tasks = new Map<string, FakeTask>();
  const waiting = new Set<Signal>();
  let position = 0n;

  function record(task: FakeTask, event: TaskEvent): void {
    position += 1n;
    task.events.push({
      partition: 0,
      position,
      taskId: task.taskId,
      version: task.events.length + 1,
      eventId: `e${position}`,
      commandId: `c${position}`,
      tenantId: task.tenantId,
      recordedAt: Date.now(),
      event,
    });
    for (const one of waiting) one.notify();
  }

  return {
    tasks,
    lag: 0,
    append(tenantId, taskId, command, payload) {
      const task = tasks.get(taskId) ?? {
        taskId,
        tenantId,
        events: [],
        payload,
        result: undefined,
      };
      const decision = decide(command, stateOf(task));
      if (decision.kind === 'refused') throw new DomainError(decision.code, decision.message);
      if (decision.kind === 'accepted') {
        tasks.set(taskId, task);
        record(task, decision.event);
      }
      return task.events.length;
    },
    find(tenantId, taskId) {
      const task = tasks.get(taskId);
      return task?.tenantId === tenantId ? task : undefined;
    },
    async next(signal) {
      const wake = createSignal();
      waiting.add(wake);
      await wake.wait(signal);
      waiting.delete(wake);
    },
  };
}

export function stateOf(task: FakeTask) {
  const events = task.events.map(({ event }) => event as TaskEvent);
  return events.length === 0 ? initialState : fold(events);
}
