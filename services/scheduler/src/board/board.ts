import type { NodeId, TaskEvent, TaskId } from '@greencloud/domain';
import type { Envelope, RecordedEvent } from '@greencloud/event-log';
import type { BoardChange, BoardListener } from './board-change.ts';
import { evolveTask, type HeldTask, isHeld, type OpenTask } from './open-task.ts';
import { SharedValues } from './shared-values.ts';
import { TaskMap } from './task-map.ts';
import { createTasksByNode } from './tasks-by-node.ts';

/**
 * Every open task, folded from the log. A cache: built from ListOpenTasks at the start and kept
 * by following each partition, the same on every replica but for the moment.
 */
export class Board {
  readonly #tasks = new TaskMap<OpenTask>();
  #byNode = createTasksByNode();
  readonly #shared = new SharedValues();
  readonly #parked = new Set<TaskId>();
  readonly #listeners: BoardListener[] = [];

  listen(listener: BoardListener): void {
    this.#listeners.push(listener);
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Tasks that a node has. */
  get held(): number {
    return this.#byNode.size;
  }

  get waiting(): number {
    return this.#tasks.size - this.#byNode.size;
  }

  /** Tasks with an event that this release cannot read. */
  get parked(): number {
    return this.#parked.size;
  }

  get(taskId: TaskId): OpenTask | undefined {
    return this.#tasks.get(taskId);
  }

  tasks(): Iterable<OpenTask> {
    return this.#tasks.values();
  }

  nodes(): Iterable<NodeId> {
    return this.#byNode.nodes();
  }

  tasksOf(nodeId: NodeId): HeldTask[] {
    return [...this.#byNode.of(nodeId)].flatMap((taskId) => {
      const task = this.#tasks.get(taskId);
      return task !== undefined && isHeld(task) ? [task] : [];
    });
  }

  countOf(nodeId: NodeId): number {
    return this.#byNode.of(nodeId).size;
  }

  /** Takes in a whole stream without telling anybody; `announce` does when all are in. */
  load(stream: readonly RecordedEvent[]): OpenTask | undefined {
    for (const event of stream) this.#fold(event);
    return stream[0] && this.#tasks.get(stream[0].taskId);
  }

  /** Before a new attempt to load: what ended since the last one is not listed again. */
  clear(): void {
    this.#byNode = createTasksByNode();
    this.#tasks.clear();
    this.#parked.clear();
  }

  /** Tells the listeners of a task that was loaded. */
  announce(task: OpenTask): void {
    this.#tell(changeTo(task, undefined));
  }

  apply(events: Iterable<RecordedEvent>): void {
    for (const event of events) this.applyOne(event);
  }

  applyOne(event: RecordedEvent): void {
    const change = this.#fold(event);
    if (change !== undefined) this.#tell(change);
  }

  #fold(recorded: RecordedEvent): BoardChange | undefined {
    const { taskId, event, version } = recorded;
    const before = this.#tasks.get(taskId);
    if (this.#parked.has(taskId)) return this.#passBy(recorded);
    if (version <= (before?.state.version ?? 0)) return undefined;
    if (event.type === 'Unreadable') return this.#park(taskId, before, event.detail);
    try {
      return this.#evolve(before, recorded, event);
    } catch (error) {
      return this.#park(taskId, before, String(error));
    }
  }

  #evolve(
    before: OpenTask | undefined,
    envelope: Envelope,
    event: TaskEvent,
  ): BoardChange | undefined {
    const lean = event.type === 'TaskIssued' ? this.#shared.issued(event) : event;
    const task = evolveTask(before, envelope, lean);
    if (task === 'finished') return this.#finish(before, event);
    this.#put(task);
    return changeTo(task, before);
  }

  #put(task: OpenTask): void {
    this.#tasks.set(task.taskId, task);
    if (isHeld(task)) this.#byNode.put(task.taskId, task.state.nodeId);
    else this.#byNode.remove(task.taskId);
  }

  #finish(before: OpenTask | undefined, event: TaskEvent): BoardChange | undefined {
    if (before === undefined || event.type !== 'TaskFinished') return undefined;
    this.#forget(before.taskId);
    return { kind: 'finished', taskId: before.taskId, before, outcome: event.outcome };
  }

  // One task that cannot be read must not stop the others: it is counted and left alone.
  #park(taskId: TaskId, before: OpenTask | undefined, problem: string): BoardChange {
    this.#parked.add(taskId);
    this.#forget(taskId);
    return { kind: 'parked', taskId, problem, ...(before === undefined ? {} : { before }) };
  }

  #passBy({ taskId, event }: RecordedEvent): undefined {
    if (event.type === 'TaskFinished') this.#parked.delete(taskId);
  }

  #forget(taskId: TaskId): void {
    this.#tasks.delete(taskId);
    this.#byNode.remove(taskId);
  }

  #tell(change: BoardChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function changeTo(task: OpenTask, before: OpenTask | undefined): BoardChange {
  const of = { taskId: task.taskId, ...(before === undefined ? {} : { before }) };
  return isHeld(task) ? { kind: 'held', task, ...of } : { kind: 'waiting', task, ...of };
}
