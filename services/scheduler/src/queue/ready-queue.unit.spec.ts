import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misfitOf } from '../placement/misfit.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import { noDemand, nodeId, tenantId } from '../placement/placement-fixtures.ts';
import { ready, taskId, testQueue } from './queue-fixtures.ts';
import type { ReadyTask } from './ready-task.ts';

const [a, b] = [tenantId('a'), tenantId('b')];

describe('fairness', () => {
  it("does not let one tenant's 100,000 tasks delay another's ten", () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    for (let i = 0; i < 100_000; i++) queue.add(ready(i, { tenantId: a }));
    for (let i = 0; i < 10; i++) queue.add(ready(200_000 + i, { tenantId: b }));
    const first = takeAll(kind, 20);
    expect(first.filter((number) => number >= 200_000)).toHaveLength(10);
  });

  it('would delay them without turns: the control', () => {
    const oneTenant = testQueue();
    const kind = oneTenant.join();
    for (let i = 0; i < 100; i++) oneTenant.queue.add(ready(i));
    for (let i = 0; i < 10; i++) oneTenant.queue.add(ready(200 + i));
    expect(oneTenant.takeAll(kind, 20).filter((number) => number >= 200)).toEqual([]);
  });

  it('shares slot time, not tasks: long timeouts cost more turns', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    for (let i = 0; i < 100; i++) {
      queue.add(ready(i, { tenantId: a, cost: 120 }));
      queue.add(ready(1_000 + i, { tenantId: b, cost: 10 }));
    }
    const first = takeAll(kind, 26);
    expect(first.filter((number) => number >= 1_000)).toHaveLength(24);
  });

  it('serves each tenant in the order of arrival', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    for (const number of [3, 1, 2]) queue.add(ready(number, { since: 0 }));
    expect(takeAll(kind)).toEqual([3, 1, 2]);
  });
});

describe('priority', () => {
  it('serves what has lost an attempt first', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    queue.add(ready(1));
    queue.add(ready(2, { priority: 'retry' }));
    expect(takeAll(kind)).toEqual([2, 1]);
  });

  it('lets nothing wait for ever behind it', () => {
    const test = testQueue();
    const kind = test.join();
    test.queue.add(ready(1, { tenantId: a, since: 0 }));
    test.now = 60_000;
    for (let i = 0; i < 10; i++) {
      test.queue.add(ready(10 + i, { tenantId: b, priority: 'retry', since: 59_000 }));
    }
    expect(test.takeAll(kind, 2)).toContain(1);
  });
});

describe('demands', () => {
  it('does not let tasks that fit no node block those behind them', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join({ memSize: 512 });
    for (let i = 0; i < 1_000; i++) {
      queue.add(ready(i, { demand: { ...noDemand, memSize: 1_024 } }));
    }
    queue.add(ready(5_000));
    expect(takeAll(kind)).toEqual([5_000]);
  });

  it('finds them when a node comes that they fit', () => {
    const { queue, join, takeAll } = testQueue();
    queue.add(ready(1, { demand: { ...noDemand, privileged: true } }));
    expect(takeAll(join())).toEqual([]);
    expect(takeAll(join({ privileged: true }))).toEqual([1]);
  });

  it('keeps the code of tenants away from nodes that do not trust them', () => {
    const { queue, join, takeAll } = testQueue();
    queue.add(ready(1, { tenantId: a }));
    queue.add(ready(2, { tenantId: b }));
    expect(takeAll(join({ isolation: 'process', trusts: [b] }))).toEqual([2]);
    expect(takeAll(join({ isolation: 'process', trusts: 'anyone' }))).toEqual([1]);
  });

  it('asks for a kind of node when a task comes that waits for it', () => {
    const { queue, join, wanted } = testQueue();
    const kind = join();
    queue.add(ready(1));
    expect(wanted).toEqual([kind]);
  });

  it('bounds the demands of one tenant that are looked at, and gets through all of them', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    for (let i = 0; i < 500; i++) queue.add(ready(i, { demand: { ...noDemand, memSize: i } }));
    expect(takeAll(kind).toSorted((x, y) => x - y)).toEqual([...Array(500).keys()]);
    expect(queue.size).toBe(0);
  });
});

describe('bans', () => {
  const banned = ready(1, { bans: [nodeId(1)] });

  it('do not give a task to the node that refused it', () => {
    const { queue, join } = testQueue();
    const kind = join();
    queue.add(banned);
    expect(queue.take(kind, nodeId(1))).toBe('banned');
    expect(queue.take(kind, nodeId(2))).toEqual(banned);
  });

  it('do not hold up the tasks behind', () => {
    const { queue, join, takeAll } = testQueue();
    const kind = join();
    queue.add(banned);
    queue.add(ready(2, { tenantId: b }));
    expect(takeAll(kind)).toEqual([2]);
  });
});

const demand = fc.record({
  cpuCount: fc.integer({ min: 0, max: 2 }),
  memSize: fc.constantFrom(0, 512, 1_024),
  networkLatency: fc.constantFrom(0, 5, 50),
  privileged: fc.boolean(),
});
const task = fc.record({
  number: fc.integer({ min: 0, max: 60 }),
  tenantId: fc.constantFrom(...['a', 'b', 'c'].map(tenantId)),
  demand,
  cost: fc.integer({ min: 10, max: 120 }),
  priority: fc.constantFrom('retry' as const, 'normal' as const),
  bans: fc.subarray([nodeId(0), nodeId(1)]),
});
const node = fc.record({
  cpuCount: fc.integer({ min: 0, max: 2 }),
  memSize: fc.constantFrom(256, 512, 2_048),
  networkLatency: fc.constantFrom(1, 20),
  privileged: fc.boolean(),
  isolation: fc.constantFrom('namespace' as const, 'process' as const),
  trusts: fc.constantFrom('anyone' as const, [a], [a, b]),
});
const step = fc.oneof(
  { weight: 4, arbitrary: task.map((value) => ({ kind: 'add' as const, value })) },
  { weight: 1, arbitrary: fc.nat(60).map((value) => ({ kind: 'remove' as const, value })) },
  { weight: 2, arbitrary: fc.nat(9).map((value) => ({ kind: 'take' as const, value })) },
  { weight: 1, arbitrary: node.map((value) => ({ kind: 'join' as const, value })) },
  { weight: 1, arbitrary: fc.nat(9).map((value) => ({ kind: 'leave' as const, value })) },
);

describe('any sequence of arrivals, nodes and takes', () => {
  it('gives a node only what fits it, and something whenever anything does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { queue, kinds, join } = testQueue();
        const model = new Map<string, ReadyTask>();
        const joined: NodeKind[] = [];
        for (const { kind, value } of steps) {
          if (kind === 'join') joined.push(join(value));
          else if (kind === 'leave') joined.splice(value, 1).forEach((left) => kinds.leave(left));
          else if (kind === 'remove') {
            queue.remove(taskId(value));
            model.delete(taskId(value));
          } else if (kind === 'add') {
            const added = ready(value.number, value);
            queue.add(added);
            if (!model.has(added.taskId)) model.set(added.taskId, added);
          } else {
            const nodeKind = joined[value];
            if (nodeKind === undefined) continue;
            const takingNode = nodeId(value % 2);
            const fitting = [...model.values()].filter(
              (waiting) => misfitOf(nodeKind, waiting.demand, waiting.tenantId) === undefined,
            );
            const allowed = fitting.filter(({ bans }) => !bans.includes(takingNode));
            const taken = queue.take(nodeKind, takingNode);
            if (typeof taken === 'string') {
              expect(allowed).toEqual([]);
              expect(taken).toBe(fitting.length > 0 ? 'banned' : 'nothing');
            } else {
              expect(allowed).toContainEqual(taken);
              model.delete(taken.taskId);
            }
          }
          expect(queue.size).toBe(model.size);
        }
      }),
      { numRuns: 500 },
    );
  });
});
