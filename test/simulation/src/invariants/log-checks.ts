import type {
  NodeId,
  ReleaseReason,
  TaskAssigned,
  TaskEvent,
  TaskIssued,
} from '@greencloud/domain';
import { decodeTaskEvent } from '@greencloud/event-log';
import type { EventRow, LogTables } from '../postgres/log-tables.ts';
import type { NodePlan } from '../processes/topology.ts';
import { FinishChecks, type FinishChecksOptions } from './finish-checks.ts';
import type { Lambdas } from './lambdas.ts';
import { misfitOf } from './misfit.ts';
import { advance, newRecord, type TaskRecord } from './task-record.ts';

export interface LogChecksOptions extends FinishChecksOptions {
  readonly lambdas: Lambdas;
  /** The replica with the node's last session knows that the node has the attempt. */
  readonly isAccepted: (nodeId: NodeId, taskId: string, attempt: number) => boolean;
  /** The schedulers could reach Postgres for a while. */
  readonly areUndisturbed: () => boolean;
}

/** Looks at every event as it is committed. */
export class LogChecks {
  readonly #options: LogChecksOptions;
  readonly #nodes: ReadonlyMap<NodeId, NodePlan>;
  readonly #finishes: FinishChecks;
  readonly tasks = new Map<string, TaskRecord>();
  readonly heads: bigint[];
  #open = 0;

  constructor(options: LogChecksOptions) {
    const { topology } = options;
    this.#options = options;
    this.#finishes = new FinishChecks(options);
    this.#nodes = new Map(topology.nodes.map((node) => [node.nodeId, node]));
    this.heads = Array.from({ length: topology.partitions }, () => 0n);
  }

  /** Tasks without a finish. */
  get open(): number {
    return this.#open;
  }

  committed(rows: readonly EventRow[], log: LogTables): void {
    for (const row of rows) this.#check(row, decodeTaskEvent(row.data), log);
  }

  #check(row: EventRow, event: TaskEvent, log: LogTables): void {
    const { violations } = this.#options;
    const { task_id: taskId, version } = row;
    this.#checkPosition(row);
    const task = this.tasks.get(taskId);
    const before = task?.version ?? 0;
    violations.check('versions dense', version === before + 1, () => {
      return `version ${version} of ${taskId} after ${before}`;
    });
    if (task !== undefined) return this.#continued(task, row, event, log);
    if (event.type === 'TaskIssued') return this.#issued(row, event);
    violations.check('events in turn', false, () => `${taskId} begins with ${event.type}`);
  }

  #checkPosition({ partition, position }: EventRow): void {
    const head = this.heads[partition] ?? 0n;
    this.#options.violations.check('positions dense', position === head + 1n, () => {
      return `position ${position} of partition ${partition} after ${head}`;
    });
    this.heads[partition] = position;
  }

  #issued(row: EventRow, event: TaskIssued): void {
    const { violations, requests } = this.#options;
    const { task_id: taskId, partition, command_id, recorded_at } = row;
    const at = { taskId, partition, recordedAt: recorded_at.getTime() };
    this.tasks.set(taskId, newRecord(event, at));
    this.#open += 1;
    const request = requests.byCommand.get(command_id);
    const isAsked =
      request?.tenantId === event.tenantId &&
      JSON.stringify(request.demand) === JSON.stringify(event.capabilities);
    violations.check('nothing unasked', isAsked, () => `nobody asked for ${taskId}`);
    request?.taskIds.add(taskId);
    violations.check('one request, one task', (request?.taskIds.size ?? 1) === 1, () => {
      return `request ${request?.number} has tasks ${[...(request?.taskIds ?? [])].join(', ')}`;
    });
  }

  #continued(task: TaskRecord, row: EventRow, event: TaskEvent, log: LogTables): void {
    const { violations } = this.#options;
    const before = { ...task };
    const problem = advance(task, event, row.recorded_at.getTime());
    const about = () => `${event.type} of ${task.taskId} at version ${row.version}`;
    const wasOpen = before.state !== 'finished';
    violations.check('one finish', wasOpen, () => `${about()}: it was finished`);
    violations.check('events in turn', problem === undefined, () => `${about()}: ${problem}`);
    if (event.type === 'TaskFinished' && wasOpen) this.#open -= 1;
    if (event.type === 'TaskAssigned') return this.#assigned(before, event);
    if (event.type === 'TaskIssued') return;
    violations.check('no fenced report', event.attempt === before.attempt, () => {
      return `${about()} is of attempt ${event.attempt}, the present one is ${before.attempt}`;
    });
    if (event.type === 'TaskReleased') this.#released(before, event.reason);
    if (event.type === 'TaskFinished') this.#finishes.check(before, event, row, log);
  }

  #assigned({ taskId, attempt, issued }: TaskRecord, event: TaskAssigned): void {
    const { violations } = this.#options;
    violations.check('attempts rise', event.attempt === attempt + 1, () => {
      return `attempt ${event.attempt} of ${taskId} after ${attempt}`;
    });
    const node = this.#nodes.get(event.nodeId);
    const misfit = node === undefined ? 'unknown node' : misfitOf(issued, node);
    violations.check('fits its node', misfit === undefined, () => {
      return `${taskId} was given to ${node?.name ?? event.nodeId}: ${misfit}`;
    });
  }

  /**
   * A node that hears nothing stops its attempts before anybody may call them lost. One that is not
   * heard may run what it could not accept, so there it counts who has heard it.
   */
  #released({ taskId, attempt, nodeId }: TaskRecord, reason: ReleaseReason): void {
    const { violations, lambdas, areUndisturbed, isAccepted } = this.#options;
    const isLoss = reason === 'node_lost' || reason === 'unacknowledged';
    if (!isLoss || nodeId === null || !areUndisturbed()) return;
    const life = lambdas.runsAt(nodeId, taskId, attempt);
    const isExcused = reason === 'unacknowledged' && !isAccepted(nodeId, taskId, attempt);
    violations.check('no needless loss', life === undefined || isExcused, () => {
      return `attempt ${attempt} of ${taskId} was released as ${reason}, and runs at ${life?.name}`;
    });
  }
}
