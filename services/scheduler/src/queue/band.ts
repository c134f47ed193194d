import type { NodeId, TaskId, TenantId } from '@greencloud/domain';
import { TaskMap } from '../board/task-map.ts';
import type { KindDirectory } from '../placement/kind-directory.ts';
import { misfitOf } from '../placement/misfit.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import { type Linked, LinkedList } from './linked-list.ts';
import type { HasRoom, ReadyTask } from './ready-task.ts';
import { type Line, type Place, TenantLines } from './tenant-lines.ts';
import { TurnRing } from './turn-ring.ts';

/** A task among all arrivals, and its place among those of its tenant. */
interface Entry extends Linked<Entry> {
  readonly task: ReadyTask;
  place: Place;
}

export interface BandOptions {
  readonly kinds: KindDirectory;
  /** Seconds of slot time that one visit credits a tenant with. */
  readonly quantumOf: (tenantId: TenantId) => number;
  /** Tasks wait that this kind of node fits, and did not before. */
  readonly onWanted: (kind: NodeKind) => void;
}

/**
 * Tasks of one priority. Each kind of node has a ring of the tenants with tasks that fit it, so a
 * free node finds its next task without a look at those that it cannot run, however many wait.
 */
export class Band {
  readonly #options: BandOptions;
  readonly #entries = new TaskMap<Entry>();
  readonly #arrivals = new LinkedList<Entry>();
  readonly #tenants = new Map<TenantId, TenantLines>();
  readonly #rings = new Map<NodeKind, TurnRing<TenantLines>>();

  constructor(options: BandOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get oldestArrival(): ReadyTask | undefined {
    return this.#arrivals.first?.task;
  }

  has(taskId: TaskId): boolean {
    return this.#entries.has(taskId);
  }

  *tasks(): Generator<ReadyTask> {
    for (const { task } of this.#arrivals) yield task;
  }

  add(task: ReadyTask): void {
    const lines = this.#tenantOf(task.tenantId);
    const place = this.#append(lines, task);
    const entry: Entry = { task, place, before: undefined, after: undefined };
    this.#entries.set(task.taskId, entry);
    this.#arrivals.append(entry);
  }

  remove(taskId: TaskId): ReadyTask | undefined {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) return undefined;
    const { task, place } = entry;
    this.#entries.delete(taskId);
    this.#arrivals.remove(entry);
    const lines = this.#tenantOf(task.tenantId);
    const ended = lines.remove(place);
    if (ended !== undefined) this.#lineEnded(lines, ended);
    if (lines.isEmpty) this.#tenants.delete(task.tenantId);
    return task;
  }

  /** Whose turn it is on a node of a kind, charged and removed. */
  take(kind: NodeKind, nodeId: NodeId, hasRoom: HasRoom): ReadyTask | 'nothing' | 'banned' {
    const ring = this.#rings.get(kind);
    if (ring === undefined) return 'nothing';
    const next = ring.next((lines) => {
      const oldest = lines.oldestFor(kind, nodeId, hasRoom);
      return typeof oldest === 'string' ? oldest : oldest.cost;
    });
    if (typeof next === 'string') return next;
    const task = next.oldestFor(kind, nodeId, hasRoom);
    if (typeof task !== 'string') this.remove(task.taskId);
    return task;
  }

  kindAdded(kind: NodeKind): void {
    for (const lines of this.#tenants.values()) {
      if (lines.fits(kind) === 'fits') this.#join(kind, lines);
    }
  }

  kindRemoved(kind: NodeKind): void {
    this.#rings.delete(kind);
  }

  #tenantOf(tenantId: TenantId): TenantLines {
    const lines = this.#tenants.get(tenantId) ?? new TenantLines(tenantId);
    this.#tenants.set(tenantId, lines);
    return lines;
  }

  #append(lines: TenantLines, task: ReadyTask): Place {
    const { place, began } = lines.append(task);
    if (began !== undefined) {
      for (const kind of this.#options.kinds.openTo(lines.tenantId)) {
        if (misfitOf(kind, began.demand, lines.tenantId) === undefined) this.#join(kind, lines);
      }
    }
    return place;
  }

  #join(kind: NodeKind, lines: TenantLines): void {
    const { quantumOf, onWanted } = this.#options;
    const ring = this.#rings.get(kind) ?? new TurnRing((member) => quantumOf(member.tenantId));
    this.#rings.set(kind, ring);
    ring.add(lines);
    onWanted(kind);
  }

  #lineEnded(lines: TenantLines, line: Line): void {
    const next = lines.takeOverflow();
    const entry = next && this.#entries.get(next.taskId);
    if (entry !== undefined) entry.place = this.#append(lines, entry.task);
    for (const kind of this.#options.kinds.openTo(lines.tenantId)) {
      if (misfitOf(kind, line.demand, lines.tenantId) !== undefined) continue;
      if (lines.fits(kind) === 'misfit') this.#rings.get(kind)?.remove(lines);
    }
  }
}
