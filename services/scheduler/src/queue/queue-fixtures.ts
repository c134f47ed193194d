/** Waiting tasks and a queue for tests. */
import { parseTaskId, type TaskId } from '@greencloud/domain';
import { KindDirectory } from '../placement/kind-directory.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import type { NodeOffer } from '../placement/node-offer.ts';
import { noDemand, nodeId, offer, tenantId } from '../placement/placement-fixtures.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { ReadyTask } from './ready-task.ts';

export function taskId(number: number): TaskId {
  return parseTaskId(number.toString(16).padStart(24, '0'));
}

export function ready(number: number, other: Partial<ReadyTask> = {}): ReadyTask {
  return {
    taskId: taskId(number),
    tenantId: tenantId('a'),
    partition: 0,
    demand: noDemand,
    cost: 10,
    priority: 'normal',
    since: number,
    bans: [],
    ...other,
  };
}

export interface TestQueue {
  readonly queue: ReadyQueue;
  readonly kinds: KindDirectory;
  readonly wanted: NodeKind[];
  now: number;
  readonly join: (other?: Partial<NodeOffer>) => NodeKind;
  /** The numbers of the next tasks for a node of a kind, until there is none. */
  readonly takeAll: (kind: NodeKind, most?: number) => number[];
}

export function testQueue(weights: Readonly<Record<string, number>> = {}): TestQueue {
  const kinds = new KindDirectory();
  const wanted: NodeKind[] = [];
  const test = { now: 0 };
  const queue = new ReadyQueue({
    kinds,
    quantumOf: (tenant) => 10 * (weights[tenant] ?? 1),
    ageingMs: 60_000,
    now: () => test.now,
    onWanted: (kind) => void wanted.push(kind),
  });
  return Object.assign(test, {
    queue,
    kinds,
    wanted,
    join: (other: Partial<NodeOffer> = {}) => kinds.join(offer(other)),
    takeAll(kind: NodeKind, most = Infinity) {
      const numbers: number[] = [];
      while (numbers.length < most) {
        const task = queue.take(kind, nodeId(1));
        if (typeof task === 'string') break;
        numbers.push(Number.parseInt(task.taskId, 16));
      }
      return numbers;
    },
  });
}
