import type { NodeId } from '@greencloud/domain';
import type { NodePlan } from '../processes/topology.ts';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import type { Violations } from './violations.ts';

export interface Execution {
  readonly nodeId: NodeId;
  readonly life: Life;
  readonly taskId: string;
  readonly attempt: number;
  /** For its sandbox. */
  readonly waitedMs: number;
}

// What does not begin within half a second, though all before it do, is given back.
const mostWaitedMs = 1_000;

// Timers that are due run within a few ms of the thaw, sometimes behind what was sent meanwhile.
const thawMs = 100;

/** What really runs at the nodes, whatever anybody believes of it. */
export class Lambdas {
  readonly #world: World;
  readonly #violations: Violations;
  readonly #slots: ReadonlyMap<NodeId, number>;
  readonly #running = new Map<NodeId, Set<Execution>>();
  /** By task and attempt: where it was begun. */
  readonly #places = new Map<string, NodeId>();

  constructor(world: World, violations: Violations, nodes: readonly NodePlan[]) {
    this.#world = world;
    this.#violations = violations;
    this.#slots = new Map(nodes.map(({ nodeId, offer }) => [nodeId, offer.slots]));
  }

  begins(execution: Execution): () => void {
    const { nodeId, taskId, attempt, life } = execution;
    // The kill came in the middle of this step: what it still does, nobody sees.
    if (life.state === 'dead') return () => undefined;
    const running = this.#running.get(nodeId) ?? new Set();
    this.#running.set(nodeId, running);
    running.add(execution);
    const slots = this.#slots.get(nodeId) ?? 0;
    this.#violations.check('slots kept', running.size <= slots, () => {
      return `${life.name} runs ${running.size} lambdas in ${slots} slots`;
    });
    this.#checkWaiting(execution);
    const key = `${taskId}/${attempt}`;
    const place = this.#places.get(key) ?? nodeId;
    this.#places.set(key, place);
    this.#violations.check('one node an attempt', place === nodeId, () => {
      return `attempt ${attempt} of ${taskId} at ${nodeId}, and before at ${place}`;
    });
    const over = () => void running.delete(execution);
    life.whenDead(over);
    return over;
  }

  #checkWaiting({ life, taskId, waitedMs }: Execution): void {
    const wasFrozen = life.frozenUntil + thawMs > this.#world.now - waitedMs;
    this.#violations.check('begun in time', wasFrozen || waitedMs <= mostWaitedMs, () => {
      return `${life.name} began ${taskId} after ${Math.round(waitedMs)} ms`;
    });
  }

  /** The node's present life, when it runs this attempt and is not frozen. */
  runsAt(nodeId: NodeId, taskId: string, attempt: number): Life | undefined {
    for (const execution of this.#running.get(nodeId) ?? []) {
      if (execution.taskId !== taskId || execution.attempt !== attempt) continue;
      // One that was frozen a moment ago is about to find out.
      if (execution.life.frozenUntil + thawMs <= this.#world.now) return execution.life;
    }
    return undefined;
  }

  get running(): number {
    return [...this.#running.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
