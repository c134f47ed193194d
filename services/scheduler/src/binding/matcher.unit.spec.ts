import type { TaskId } from '@greencloud/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Board } from '../board/board.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import { Outbox } from '../fleet/outbox.ts';
import { KindDirectory } from '../placement/kind-directory.ts';
import { misfitOf } from '../placement/misfit.ts';
import type { NodeOffer } from '../placement/node-offer.ts';
import { noDemand, nodeId, offer, tenantId } from '../placement/placement-fixtures.ts';
import { ready, taskId } from '../queue/queue-fixtures.ts';
import { ReadyQueue } from '../queue/ready-queue.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import { realWorld } from '../world.ts';
import { Matcher } from './matcher.ts';
import { Reservations } from './reservations.ts';

function testMatcher() {
  const kinds = new KindDirectory();
  const fleet = new Fleet(kinds);
  const placed: { task: ReadyTask; node: FleetNode }[] = [];
  const queue = new ReadyQueue({
    kinds,
    quantumOf: () => 10,
    ageingMs: 60_000,
    now: () => 0,
    onWanted: (kind) => matcher.consider(kind),
  });
  const place = (task: ReadyTask, node: FleetNode) => {
    fleet.reserve(node, task.taskId, task.demand.memSize);
    placed.push({ task, node });
  };
  const returned: TaskId[] = [];
  const reservations = new Reservations({
    board: new Board(),
    fleet,
    feed: { giveBack: (id) => returned.push(id) },
    place,
  });
  const matcher: Matcher<FleetNode> = new Matcher({ queue, nodes: fleet, place, reservations });
  /** As the dispatcher does. */
  const match = () => {
    reservations.settle();
    matcher.run(1_000);
  };
  const end = (number: number) => {
    const index = placed.findIndex(({ task }) => task.since === number);
    const [ended] = index < 0 ? [] : placed.splice(index, 1);
    const held = ended?.node.held.get(ended.task.taskId);
    if (ended === undefined || held === undefined) throw new Error(`${number} does not run`);
    fleet.drop(ended.node, held);
  };
  fleet.whenFree((kind) => matcher.consider(kind));
  const connect = (number: number, other: Partial<NodeOffer> = {}) =>
    fleet.connect({
      nodeId: nodeId(number),
      owner: tenantId('owner'),
      epoch: 1n,
      bootId: 'boot',
      offer: offer(other),
      outbox: new Outbox(realWorld),
      drains: 'no',
      heardAt: 0,
    });
  const numbers = () => placed.map(({ task, node }) => [node.nodeId, task.since] as const);
  return { kinds, fleet, queue, matcher, placed, connect, numbers, match, end, returned };
}

const carbon = (carbonIntensity: number | 'unknown') =>
  ({ energy: { source: 'grid', carbonIntensity } }) as const;

describe('the choice of a node', () => {
  it('is the greenest, and a known intensity before an unknown one', () => {
    const { connect, queue, matcher, placed } = testMatcher();
    connect(1, carbon('unknown'));
    connect(2, carbon(300));
    connect(3, carbon(50));
    for (const number of [1, 2, 3]) queue.add(ready(number));
    matcher.run(10);
    expect(placed.map(({ node }) => node.nodeId)).toEqual([3, 2, 1].map(nodeId));
  });

  it('is the least loaded of equally green ones', () => {
    const { connect, queue, matcher, placed } = testMatcher();
    connect(1, { slots: 2 });
    connect(2, { slots: 4 });
    for (let number = 0; number < 6; number++) queue.add(ready(number));
    matcher.run(10);
    const onFirst = placed.slice(0, 3).filter(({ node }) => node.nodeId === nodeId(1));
    expect(onFirst).toHaveLength(1);
  });

  it('passes a banned node and takes the next one of its kind', () => {
    const { connect, queue, matcher, numbers } = testMatcher();
    connect(1, carbon(10));
    connect(2, carbon(20));
    queue.add(ready(7, { bans: [nodeId(1)] }));
    matcher.run(10);
    expect(numbers()).toEqual([[nodeId(2), 7]]);
  });

  it('leaves draining and silent nodes out', () => {
    const { connect, fleet, queue, matcher, placed } = testMatcher();
    fleet.drain(connect(1), 'by-owner');
    fleet.silence(connect(2));
    queue.add(ready(1));
    matcher.run(10);
    expect(placed).toEqual([]);
  });

  it('stops at its limit and says that there is more', () => {
    const { connect, queue, matcher, placed } = testMatcher();
    connect(1, { slots: 10 });
    for (let number = 0; number < 5; number++) queue.add(ready(number));
    expect(matcher.run(3)).toBe('more');
    expect(matcher.run(3)).toBe('done');
    expect(placed).toHaveLength(5);
  });
});

describe('a large task', () => {
  const large = (number: number) => ready(number, { demand: { ...noDemand, memSize: 1_024 } });
  const four = { slots: 4, memSize: 2_048 };

  it('takes as many slots as its memory is worth', () => {
    const { connect, queue, match, placed } = testMatcher();
    const node = connect(1, four);
    for (const number of [1, 2, 3]) queue.add(large(number));
    match();
    expect([placed.length, node.busy, node.takesTasks]).toEqual([2, 4, false]);
  });

  it('goes to a less green node that has room, rather than wait for a greener one', () => {
    const { connect, queue, match, numbers } = testMatcher();
    connect(1, { ...four, ...carbon(10) });
    for (const number of [1, 2, 3]) queue.add(ready(number));
    match();
    connect(2, { ...four, ...carbon(300) });
    queue.add(large(4));
    match();
    expect(numbers().at(-1)).toEqual([nodeId(2), 4]);
  });

  it('gets its room though small ones wait for every slot', () => {
    const { connect, queue, match, end, numbers, placed } = testMatcher();
    connect(1, four);
    for (const number of [1, 2, 3]) queue.add(ready(number));
    queue.add(large(4));
    for (let number = 5; number < 50; number++) queue.add(ready(number));
    match();
    expect(placed).toHaveLength(3);
    end(1);
    match();
    expect(numbers().at(-1)).toEqual([nodeId(1), 4]);
  });

  it('waits for one node, while small ones go to the others', () => {
    const { connect, fleet, queue, match, end, placed } = testMatcher();
    for (const number of [1, 2, 3]) connect(number, four);
    for (let number = 0; number < 9; number++) queue.add(ready(number));
    match();
    for (const number of [10, 11]) queue.add(large(number));
    for (const number of [12, 13]) queue.add(ready(number));
    match();
    expect([...fleet.nodes()].map(({ saves }) => saves).toSorted()).toEqual(['no', 'no', 'yes']);
    expect(placed.map(({ task }) => task.since).slice(9)).toEqual([12, 13]);
    for (let number = 0; number < 9; number++) end(number);
    match();
    expect(placed.map(({ task }) => task.since)).toEqual([12, 13, 10, 11]);
  });

  it.each<[string, (parts: ReturnType<typeof testMatcher>, node: FleetNode) => void]>([
    ['leaves', ({ fleet }, node) => fleet.forget(node, 'gone')],
    ['drains', ({ fleet }, node) => fleet.drain(node, 'by-owner')],
    ['comes back with less memory', ({ connect }) => connect(1, { ...four, memSize: 512 })],
  ])('waits again when its node %s', (_, happens) => {
    const parts = testMatcher();
    const { connect, queue, match, returned } = parts;
    const node = connect(1, four);
    for (const number of [1, 2, 3]) queue.add(ready(number));
    queue.add(large(4));
    match();
    expect(returned).toEqual([]);
    happens(parts, node);
    match();
    expect(returned).toEqual([taskId(4)]);
    expect(node.saves).toBe('no');
  });
});

const sizes = fc.constantFrom(256, 512, 1_024);
const step = fc.oneof(
  fc.record({ kind: fc.constant('node'), memSize: sizes, slots: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('task'), memSize: sizes, slots: fc.nat(5) }),
  fc.record({ kind: fc.constant('end'), memSize: sizes, slots: fc.nat(20) }),
);

describe('any order of nodes, tasks and ends', () => {
  it('leaves no task waiting for which a free node has room, and fills no node over its slots or memory', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { connect, fleet, queue, match, placed } = testMatcher();
        steps.forEach(({ kind, memSize, slots }, number) => {
          const bans = slots === 1 ? [...fleet.nodes()].slice(0, 2).map((n) => n.nodeId) : [];
          if (kind === 'node') connect(number, { memSize, slots });
          else if (kind === 'task') {
            queue.add(ready(number, { demand: { ...noDemand, memSize }, bans }));
          } else endOne(slots);
          match();
          for (const node of fleet.nodes()) {
            expect(node.busy).toBeLessThanOrEqual(node.slots);
            const used = [...node.held.values()].reduce((sum, each) => sum + each.memSize, 0);
            expect(used).toBeLessThanOrEqual(node.session.offer.memSize);
            if (!node.takesTasks) continue;
            const waits = [...queue.tasks()].filter(
              (task) =>
                node.hasRoomFor(task.demand.memSize) &&
                misfitOf(node.kind, task.demand, task.tenantId) === undefined &&
                !task.bans.includes(node.nodeId),
            );
            expect(waits).toEqual([]);
          }
        });

        function endOne(which: number) {
          const [ended] = placed.splice(which % Math.max(1, placed.length), 1);
          const held = ended?.node.held.get(ended.task.taskId);
          if (ended !== undefined && held !== undefined) fleet.drop(ended.node, held);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('with 5,000 nodes and 100,000 waiting tasks', () => {
  it('makes at least 5,000 placements a second', () => {
    const { connect, fleet, queue, matcher, placed } = testMatcher();
    for (let number = 0; number < 5_000; number++) {
      connect(number, { memSize: 256 * (1 + (number % 8)), ...carbon(number % 50) });
    }
    for (let number = 0; number < 100_000; number++) {
      const demand = { ...noDemand, memSize: 256 * (number % 10) };
      queue.add(ready(number, { demand, tenantId: tenantId(`t${number % 200}`) }));
    }
    matcher.run(10_000);
    const startedAt = performance.now();
    let placements = 0;
    for (let round = 0; round < 10_000; round++) {
      const [ended] = placed.splice(round % placed.length, 1);
      const held = ended?.node.held.get(ended.task.taskId);
      if (ended !== undefined && held !== undefined) fleet.drop(ended.node, held);
      const before = placed.length;
      matcher.run(100);
      placements += placed.length - before;
    }
    const perSecond = placements / ((performance.now() - startedAt) / 1_000);
    expect(placements).toBeGreaterThan(9_000);
    expect(perSecond).toBeGreaterThan(5_000);
  });
});
