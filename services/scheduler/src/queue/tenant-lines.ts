import type { Capabilities, NodeId, TenantId } from '@greencloud/domain';
import { misfitOf } from '../placement/misfit.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import { type Linked, LinkedList } from './linked-list.ts';
import { type HasRoom, lineKeyOf, type ReadyTask } from './ready-task.ts';

/** Tasks of one tenant that fit the same nodes, oldest first. */
export interface Line {
  readonly key: string;
  readonly demand: Capabilities;
  readonly bans: readonly NodeId[];
  readonly places: LinkedList<Place>;
}

/** Where a task stands; `overflow` until one of its tenant's lines ends. */
export interface Place extends Linked<Place> {
  readonly task: ReadyTask;
  readonly line: Line | 'overflow';
}

// A tenant with more different demands than this waits for its own: each line costs every look at
// the tenant a comparison, and demands are the tenant's to choose.
const maxLines = 64;

/** The waiting tasks of one tenant in one band, by demand. */
export class TenantLines {
  readonly tenantId: TenantId;
  readonly #lines = new Map<string, Line>();
  readonly #overflow = new LinkedList<Place>();

  constructor(tenantId: TenantId) {
    this.tenantId = tenantId;
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** The line that began with this task, if it is a new one. */
  append(task: ReadyTask): { readonly place: Place; readonly began?: Line } {
    const key = lineKeyOf(task);
    const line = this.#lines.get(key);
    if (line !== undefined) return { place: placed(task, line, line.places) };
    if (this.#lines.size >= maxLines) return { place: placed(task, 'overflow', this.#overflow) };
    const began = { key, demand: task.demand, bans: task.bans, places: new LinkedList<Place>() };
    this.#lines.set(key, began);
    return { place: placed(task, began, began.places), began };
  }

  /** The line that ended with this task, if it was the last one. */
  remove(place: Place): Line | undefined {
    const { line } = place;
    if (line === 'overflow') {
      this.#overflow.remove(place);
      return undefined;
    }
    line.places.remove(place);
    if (line.places.size > 0) return undefined;
    this.#lines.delete(line.key);
    return line;
  }

  /** The task that has waited longest for a line, to be appended anew. */
  takeOverflow(): ReadyTask | undefined {
    const place = this.#overflow.first;
    if (place === undefined || this.#lines.size >= maxLines) return undefined;
    this.#overflow.remove(place);
    return place.task;
  }

  fits(kind: NodeKind): 'fits' | 'misfit' {
    for (const line of this.#lines.values()) {
      if (misfitOf(kind, line.demand, this.tenantId) === undefined) return 'fits';
    }
    return 'misfit';
  }

  /** The task that has waited longest of those that a node may run. */
  oldestFor(kind: NodeKind, nodeId: NodeId, hasRoom: HasRoom): ReadyTask | 'nothing' | 'banned' {
    let found: ReadyTask | 'nothing' | 'banned' = 'nothing';
    for (const line of this.#lines.values()) {
      const head = line.places.first?.task;
      if (head === undefined || misfitOf(kind, line.demand, this.tenantId) !== undefined) continue;
      if (line.bans.includes(nodeId) || !hasRoom(line.demand.memSize)) {
        if (found === 'nothing') found = 'banned';
      } else if (typeof found === 'string' || head.since < found.since) found = head;
    }
    return found;
  }
}

function placed(task: ReadyTask, line: Place['line'], places: LinkedList<Place>): Place {
  const place: Place = { task, line, before: undefined, after: undefined };
  places.append(place);
  return place;
}
