import process from 'node:process';
import type { TaskOutcome } from '@greencloud/domain';
import { Random } from './chance/random.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { FaultKind } from './faults/swarm.ts';
import { checkAtRest, leftToDo } from './invariants/end-checks.ts';
import type { InvariantName, Violation } from './invariants/violations.ts';
import { nothingPlanted, type Plant } from './plants/plant.ts';
import { inhabit } from './time/globals.ts';
import { World } from './time/world.ts';
import { Trace, type TraceDetail } from './trace/trace.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly plant?: Plant;
  readonly detail?: TraceDetail;
  readonly print?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  /** The run ends with the first of them. */
  readonly violations: readonly Violation[];
  readonly checked: ReadonlyMap<InvariantName, number>;
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** How the tasks ended. */
  readonly outcomes: ReadonlyMap<TaskOutcome, number>;
  readonly hash: string;
  readonly steps: number;
  readonly tasks: number;
  readonly events: number;
  /** Virtual ms, in all and from the healing to the rest. */
  readonly ms: number;
  readonly healingMs: number;
}

// The longest that the product waits by itself is the end of a ban (30 s), and two may follow each
// other; the first 1,000 seeds needed 39 s at most.
const restWithinMs = { hurried: 120_000, 'as shipped': 420_000 };
const lookMs = 100;

/** One run: faults, healing, rest. Everything in it follows from the seed. */
export async function simulate(options: SimulationOptions): Promise<Outcome> {
  const { seed, plant = nothingPlanted, detail = 'none', print = () => undefined } = options;
  const world = new World({ seed: `seed ${seed}`, trace: new Trace(detail, print) });
  inhabit(world);
  const cluster = startCluster(world, new Random(`plan ${seed}`), plant);
  const stopWatching = watchForCrashes(cluster);
  const { house, swarm, nemesis } = cluster;
  const { violations } = house.ledger;
  await world.run(() => world.now >= swarm.chaosMs || violations.found.length > 0);
  nemesis.heal();
  const healedAt = world.now;
  if (violations.found.length === 0) await comeToRest(cluster);
  stopWatching();
  return {
    seed,
    violations: violations.found,
    checked: violations.checked,
    faults: nemesis.done,
    outcomes: outcomesOf(cluster),
    hash: world.trace.hash,
    steps: world.steps,
    ms: world.now,
    tasks: house.ledger.log.tasks.size,
    events: Number(house.ledger.log.heads.reduce((sum, head) => sum + head, 0n)),
    healingMs: world.now - healedAt,
  };
}

/** Until nothing is left to do, or too long; then looks at everything once more. */
async function comeToRest({ house, clients }: Cluster): Promise<void> {
  const { world, ledger, topology } = house;
  const { violations } = ledger;
  const until = world.now + restWithinMs[topology.pace];
  let nextLook = 0;
  let left: readonly string[] = [];
  await world.run(() => {
    if (violations.found.length > 0 || world.now >= until) return true;
    if (world.now < nextLook) return false;
    nextLook = world.now + lookMs;
    left = leftToDo(house, clients);
    return left.length === 0;
  });
  if (violations.found.length > 0) return;
  violations.check('nothing held', left.length === 0, () => left.join(', '));
  checkAtRest(house);
}

/** What would have ended a process: no product code may throw where nobody catches it. */
function watchForCrashes({ house }: Cluster): () => void {
  const { world, ledger } = house;
  world.onFault = ({ name }, error) =>
    ledger.violations.check('no crash', false, () => `${name}: ${textOf(error)}`);
  const onRejection = (error: unknown) => world.onFault(world.keeper, error);
  process.on('unhandledRejection', onRejection);
  return () => void process.off('unhandledRejection', onRejection);
}

function outcomesOf({ house }: Cluster): ReadonlyMap<TaskOutcome, number> {
  const ended = [...house.ledger.log.tasks.values()].flatMap(({ outcome }) => outcome ?? []);
  const groups = Map.groupBy(ended, (outcome) => outcome);
  return new Map([...groups].map(([outcome, all]) => [outcome, all.length] as const));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
