import { setImmediate as turn } from 'node:timers/promises';
import type { TaskId, TenantId } from '@greencloud/domain';
import { createLogger } from '@greencloud/runtime';
import { nodeId, tenantId } from '../../placement/placement-fixtures.ts';
import { taskId } from '../../queue/queue-fixtures.ts';
import { createScheduler, type Scheduler } from '../../scheduler.ts';
import { startSweeps } from '../../sweep/sweep.ts';
import { createSweeps } from '../../sweeps.ts';
import { realWorld } from '../../world.ts';
import { limits } from '../memory-scheduler.ts';
import { createMemorySessions, type MemorySessions } from '../memory-sessions.ts';
import { LoopWatch, type Steps } from './loop-watch.ts';
import { QuickNode } from './quick-node.ts';
import { WrittenLog } from './written-log.ts';

export interface FleetSize {
  readonly nodes: number;
  readonly tasks: number;
  readonly tenants: number;
}

export interface Phase {
  readonly perSecond: number;
  /** Of the one thread that all of it runs on. */
  readonly perCpuSecond: number;
  readonly steps: Steps;
}

export interface Placing extends FleetSize {
  /** Hellos of all nodes. */
  readonly connecting: Phase;
  /** TaskIssued events of all tasks, in the batches of a follower. */
  readonly issuing: Phase;
  /** From the first answer of the log until every task is placed; the ends of tasks included. */
  readonly placing: Phase;
  readonly rssMb: number;
}

/** As many events as the follower applies at once. */
const mostEvents = 500;
/** Hellos that are under way at the same time. */
const dialling = 16;

/** One scheduler: a fleet connects, tasks come and wait, then all of them are placed and end. */
export async function placeAll(size: FleetSize): Promise<Placing> {
  const store = createMemorySessions(() => Date.now());
  const log = new WrittenLog((events) => scheduler.board.apply(events));
  const scheduler: Scheduler = schedulerOver(log, store);
  const stopSweeps = sweep(scheduler, store);
  const abort = new AbortController();
  const watch = new LoopWatch();
  const open = log.close();
  const nodes: QuickNode[] = [];

  const connecting = await timed(watch, size.nodes, () =>
    connect(scheduler, nodes, size.nodes, abort.signal),
  );
  const stopBeats = beat(nodes);
  const issuing = await timed(watch, size.tasks, () => issue(scheduler, log, size));
  const placing = await timed(watch, size.tasks, async () => {
    open();
    while (log.placed < size.tasks) await turn();
  });
  while (log.finished < size.tasks) await turn();
  const rssMb = process.memoryUsage.rss() / 2 ** 20;

  for (const stop of [stopBeats, stopSweeps]) stop();
  watch.stop();
  scheduler.dispatcher.stop();
  abort.abort();
  return { ...size, connecting, issuing, placing, rssMb };
}

function schedulerOver(log: WrittenLog, store: MemorySessions): Scheduler {
  return createScheduler({
    world: realWorld,
    commands: log,
    store,
    log: { readTasks: async () => new Map(), getPayload: async () => undefined },
    metrics: {
      bindingEnded: () => undefined,
      waited: () => undefined,
      sessionEvent: () => undefined,
      nodesLost: (count) => console.error(`${count} nodes were lost: figures mean nothing`),
    },
    logger: createLogger({ service: 'bench', level: 'silent' }),
    limits,
    quantumOf: () => 10,
  });
}

function sweep(scheduler: Scheduler, store: MemorySessions): () => void {
  const sweeps = createSweeps({
    scheduler,
    replica: 'only',
    silenceOf: (ids) => store.silenceOf(ids),
    meet: async () => ['only'],
  });
  const onFailure = (name: string, error: unknown) => console.error(name, error);
  return startSweeps({ world: scheduler.world, sweeps, onFailure });
}

async function connect(
  scheduler: Scheduler,
  nodes: QuickNode[],
  count: number,
  signal: AbortSignal,
): Promise<void> {
  for (let number = 0; number < count; number += dialling) {
    const some = Array.from({ length: Math.min(dialling, count - number) }, (_, i) =>
      QuickNode.connect(scheduler, nodeId(number + i), number + i, signal),
    );
    nodes.push(...(await Promise.all(some)));
    await turn();
  }
}

/** Every node beats each 5 s, spread evenly. */
function beat(nodes: readonly QuickNode[]): () => void {
  let next = 0;
  let owed = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    owed += (nodes.length * (now - last)) / limits.heartbeatMs;
    last = now;
    for (; owed >= 1; owed--) nodes[next++ % nodes.length]?.beat();
  }, 2);
  return () => clearInterval(timer);
}

async function issue(scheduler: Scheduler, log: WrittenLog, size: FleetSize): Promise<void> {
  for (let first = 0; first < size.tasks; first += mostEvents) {
    const numbers = Array.from({ length: Math.min(mostEvents, size.tasks - first) }, (_, i) => i);
    const events = numbers.map((i) => log.issue(...taskOf(first + i, size.tenants)));
    scheduler.board.apply(events);
    await turn();
  }
}

function taskOf(number: number, tenants: number): [TaskId, TenantId] {
  return [taskId(number), tenantId(`tenant-${number % tenants}`)];
}

async function timed(watch: LoopWatch, count: number, act: () => Promise<void>): Promise<Phase> {
  await turn();
  watch.take();
  const start = performance.now();
  await act();
  const perSecond = count / ((performance.now() - start) / 1_000);
  const steps = watch.take();
  return { perSecond, perCpuSecond: count / (steps.cpuMs / 1_000), steps };
}
