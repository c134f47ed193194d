import { describe, expect, it } from 'vitest';
import { loadBoard } from './board/load-board.ts';
import { nodeId } from './placement/placement-fixtures.ts';
import { taskId } from './queue/queue-fixtures.ts';
import type { Scheduler } from './scheduler.ts';
import { startSweeps } from './sweep/sweep.ts';
import { createSweeps } from './sweeps.ts';
import { issueInMemory, memoryOutside, memoryReplica } from './testing/memory-scheduler.ts';
import { SimulatedNode } from './testing/simulated-node.ts';

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const taskCount = 200;
const tasks = Array.from({ length: taskCount }, (_, number) => taskId(number));

interface Replica {
  readonly scheduler: Scheduler;
  stop: () => void;
}

/** Two replicas and five nodes, through two minutes of faults and three of peace. */
async function simulate(seed: number, faults: 'on' | 'off') {
  const random = randomFrom(seed);
  const outside = memoryOutside(random);
  const { world, commands, store } = outside;
  const replicas: (Replica | undefined)[] = [];
  const queues: (() => void)[][] = [[], []];

  // Each board hears of each event in order, a while after the append.
  commands.onEvents = (events) => {
    replicas.forEach((replica, which) => {
      queues[which]?.push(() => replica?.scheduler.board.apply(events));
      world.after(random() * 60, () => queues[which]?.shift()?.());
    });
  };

  async function startReplica(which: number) {
    const scheduler = memoryReplica(outside);
    queues[which] = [];
    const replica = { scheduler, stop: () => undefined as void };
    replicas[which] = replica;
    const { signal } = new AbortController();
    await loadBoard({ world: outside.world, board: scheduler.board, log: commands.log, signal });
    const sweeps = createSweeps({
      scheduler,
      replica: `r${which}`,
      silenceOf: (ids) => store.silenceOf(ids),
      endSilent: (ids, silentMs) => store.endSilent(ids, silentMs),
      meet: async () => ['r0', 'r1'],
    });
    replica.stop = startSweeps({ world, sweeps, onFailure: () => undefined });
  }

  function crash(which: number) {
    const replica = replicas[which];
    if (replica === undefined) return;
    replicas[which] = undefined;
    replica.stop();
    replica.scheduler.dispatcher.stop();
    void replica.scheduler.binder.stop();
    void replica.scheduler.recorder.stop();
    for (const node of replica.scheduler.fleet.nodes()) node.outbox.end('done');
    world.after(500 + random() * 3_000, () => void startReplica(which));
  }

  await startReplica(0);
  await startReplica(1);
  const pick = () => replicas[random() < 0.5 ? 0 : 1]?.scheduler;
  const nodes = [0, 1, 2, 3, 4].map((number) => new SimulatedNode(nodeId(number), world, { pick }));
  const all = [...nodes];
  const any = () => nodes[Math.floor(random() * nodes.length)];
  for (const id of tasks) {
    world.after(random() * 60_000, () => issueInMemory(commands, id));
  }
  for (let second = 0; second < 120; second++) {
    if (faults === 'on') {
      if (random() < 0.3) any()?.cut(random() * 3_000);
      if (random() < 0.15) any()?.cut(random() * 40_000);
      if (random() < 0.05) any()?.restart(random() * 10_000);
      if (random() < 0.06) crash(random() < 0.5 ? 0 : 1);
      // One node never comes back, and who knew of it dies with it.
      if (second === 60) [0, 1].forEach(crash);
      if (second === 60) nodes.shift()?.restart(Number.POSITIVE_INFINITY);
      if (random() < 0.4) commands.fates.push(random() < 0.5 ? 'lost' : 'refused');
    }
    await world.pass(1_000);
    for (const node of nodes) expect(node.running).toBeLessThanOrEqual(4);
  }
  commands.fates.length = 0;
  for (let second = 0; second < 240; second++) await world.pass(1_000);
  return { commands, nodes: all, replicas };
}

describe('a simulated cluster', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'ends every task exactly once, whoever dies (seed %i)',
    async (seed) => {
      const { commands, nodes, replicas } = await simulate(seed, 'on');
      for (const id of tasks) {
        const events = commands.history(id);
        const ends = events.flatMap((e) => (e.type === 'TaskFinished' ? [e.outcome] : []));
        expect([id, ends]).toEqual([id, ['succeeded']]);
        for (const attempt of events.flatMap((e) => (e.type === 'TaskAssigned' ? [e] : []))) {
          const ran = nodes.filter((node) =>
            node.begun.some((b) => b.taskId === id && b.attempt === attempt.attempt),
          );
          expect(ran.every((node) => node.nodeId === attempt.nodeId)).toBe(true);
        }
      }
      for (const replica of replicas) {
        expect(replica?.scheduler.board.size).toBe(0);
        expect(replica?.scheduler.queue.size).toBe(0);
        for (const node of replica?.scheduler.fleet.nodes() ?? []) {
          expect([node.busy, node.held.size]).toEqual([0, 0]);
        }
      }
    },
    60_000,
  );

  it('wastes nothing while nothing fails', async () => {
    const { commands } = await simulate(99, 'off');
    for (const id of tasks) {
      expect(commands.history(id).map(({ type }) => type)).toEqual([
        'TaskIssued',
        'TaskAssigned',
        'TaskProgressed',
        'TaskFinished',
      ]);
    }
  }, 60_000);
});
