import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { createLogger } from '@greencloud/runtime';
import { appliedInSlices } from '../../board/follow-log.ts';
import { loadBoard } from '../../board/load-board.ts';
import { createScheduler, type Scheduler, type SchedulerLimits } from '../../scheduler.ts';
import type { Session } from '../../session/session.ts';
import { Slices } from '../../slices.ts';
import { startSweeps } from '../../sweep/sweep.ts';
import { createSweeps } from '../../sweeps.ts';
import { realWorld } from '../../world.ts';
import { limits } from '../memory-scheduler.ts';
import { createMemorySessions, type MemorySessions } from '../memory-sessions.ts';
import { LetterBox } from './letter-box.ts';
import { LoopWatch, type Steps } from './loop-watch.ts';
import { OpenStreams } from './open-streams.ts';
import { helloOf } from './quick-node.ts';

export interface FleetSize {
  readonly nodes: number;
  readonly tasks: number;
  readonly tenants: number;
  /** Of each node; one that is silent for four of them is lost. */
  readonly heartbeatMs: number;
}

export interface Phase {
  readonly perSecond: number;
  /** Of the scheduler's thread. */
  readonly perCpuSecond: number;
  readonly steps: Steps;
}

export interface Placing extends FleetSize {
  /** Half of the tasks, open in the log when the scheduler starts. */
  readonly loading: Phase;
  /** Hellos of all nodes. */
  readonly connecting: Phase;
  /** TaskIssued events of the other half, in the batches of a follower. */
  readonly issuing: Phase;
  /** From the first answer of the log until every task is placed; the ends of tasks included. */
  readonly placing: Phase;
  /** Of the process, less the heap of the log and the nodes. */
  readonly rssMb: number;
}

/** Hellos that are under way at the same time. */
const dialling = 16;

/** One scheduler: a fleet connects, tasks come and wait, then all of them are placed and end. */
export async function placeAll(size: FleetSize): Promise<Placing> {
  const { port1, port2 } = new MessageChannel();
  const others = new Worker(new URL('others.ts', import.meta.url), {
    workerData: { port: port2, nodes: size.nodes, tenants: size.tenants },
    transferList: [port2],
  });
  const sessions: Session[] = [];
  const streams = new OpenStreams();
  const box = new LetterBox(port1, {
    onEvents: ({ events }) => void apply(events),
    onStreams: (letter) => streams.add(letter.streams),
    onNode: ({ node, message }) => void sessions[node]?.receive(message),
  });
  const store = createMemorySessions(() => Date.now());
  const scheduler: Scheduler = schedulerOver(box, store, limitsOf(size));
  const { board } = scheduler;
  const apply = appliedInSlices(board, new Slices(realWorld, 4));
  const abort = new AbortController();
  const watch = new LoopWatch();
  const half = size.tasks / 2;

  box.send({ kind: 'write', as: 'streams', tasks: half });
  const loading = await timed(watch, half, async () => {
    await loadBoard({ world: realWorld, board, log: streams.asLog(half), signal: abort.signal });
  });
  const stopSweeps = sweep(scheduler, store);
  box.send({ kind: 'beat', everyMs: size.heartbeatMs });
  const connecting = await timed(watch, size.nodes, () =>
    connect(scheduler, box, sessions, size.nodes),
  );
  const issuing = await timed(watch, half, async () => {
    box.send({ kind: 'write', as: 'events', tasks: half });
    while (board.size < size.tasks) await turn();
  });
  const placing = await timed(watch, size.tasks, async () => {
    box.send({ kind: 'open' });
    while (box.placed < size.tasks) await turn();
  });
  while (box.finished < size.tasks) await turn();
  const heapOfOthers = await others.getHeapStatistics();
  const rssMb = (process.memoryUsage.rss() - heapOfOthers.total_physical_size) / 2 ** 20;

  stopSweeps();
  watch.stop();
  scheduler.dispatcher.stop();
  abort.abort();
  box.close();
  await others.terminate();
  return { ...size, loading, connecting, issuing, placing, rssMb };
}

function limitsOf({ heartbeatMs }: FleetSize): SchedulerLimits {
  return { ...limits, heartbeatMs, fenceAfterMs: 3 * heartbeatMs, lostAfterMs: 4 * heartbeatMs };
}

function schedulerOver(box: LetterBox, store: MemorySessions, limits: SchedulerLimits): Scheduler {
  return createScheduler({
    world: realWorld,
    commands: box,
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
    endSilent: (ids, silentMs) => store.endSilent(ids, silentMs),
    meet: async () => ['only'],
  });
  const onFailure = (name: string, error: unknown) => console.error(name, error);
  return startSweeps({ world: scheduler.world, sweeps, onFailure });
}

async function connect(
  scheduler: Scheduler,
  box: LetterBox,
  sessions: Session[],
  count: number,
): Promise<void> {
  for (let number = 0; number < count; number += dialling) {
    const some = Array.from({ length: Math.min(dialling, count - number) }, (_, i) =>
      scheduler.sessions.open(helloOf(number + i), 'token'),
    );
    for (const session of await Promise.all(some)) {
      void tell(box, sessions.push(session) - 1, session);
    }
    await turn();
  }
}

async function tell(box: LetterBox, node: number, session: Session): Promise<void> {
  // Each has a signal of its own, as each call has: adding to one takes as long as it has listeners.
  const { signal } = new AbortController();
  try {
    for await (const message of session.messages(signal)) box.send({ kind: 'told', node, message });
  } catch (error) {
    console.error(error);
  }
}

async function timed(watch: LoopWatch, count: number, act: () => Promise<void>): Promise<Phase> {
  await turn();
  await turn();
  watch.take();
  const start = performance.now();
  await act();
  const perSecond = count / ((performance.now() - start) / 1_000);
  // The last of it is in a turn that has not ended yet.
  await turn();
  await turn();
  const steps = watch.take();
  return { perSecond, perCpuSecond: count / (steps.cpuMs / 1_000), steps };
}
