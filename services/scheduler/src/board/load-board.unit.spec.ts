import { setImmediate as nextTurn } from 'node:timers/promises';
import { partitionOf, type TaskId } from '@greencloud/domain';
import { createMemoryLog, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { taskId } from '../queue/queue-fixtures.ts';
import { realWorld } from '../world.ts';
import { Board } from './board.ts';
import { inOrder } from './in-order.ts';
import { loadBoard } from './load-board.ts';

const { signal } = new AbortController();

/** The first id that is of a partition of four. */
function idIn(partition: number): TaskId {
  for (let number = 0; ; number++) {
    if (partitionOf(taskId(number), 4) === partition) return taskId(number);
  }
}

function oneTaskInEach() {
  const log = createMemoryLog({ partitions: 4 });
  for (const partition of [0, 1, 2, 3]) log.append(idIn(partition), ...taskStory([]));
  return log;
}

it('takes one partition after the other: task-command holds few snapshots', async () => {
  const log = oneTaskInEach();
  let [open, most] = [0, 0];
  const listOpenTasks: typeof log.listOpenTasks = async function* (partition, stop) {
    most = Math.max(most, (open += 1));
    await nextTurn();
    yield* log.listOpenTasks(partition, stop);
    open -= 1;
  };
  const board = new Board();
  const counting = { getLog: () => log.getLog(), listOpenTasks };
  await loadBoard({ world: realWorld, board, log: counting, signal });
  expect([most, board.size]).toEqual([1, 4]);
});

it('brings nothing from an attempt that broke into the next one', async () => {
  const log = oneTaskInEach();
  const late = Promise.withResolvers<void>();
  let attempt = 0;
  // In the first attempt partition 1 breaks, and 2 has its snapshot but is slow.
  const listOpenTasks: typeof log.listOpenTasks = async function* (partition, stop) {
    const inFirst = attempt === 1;
    for await (const part of log.listOpenTasks(partition, stop)) {
      if (inFirst && partition === 1) throw new Error('no connection');
      if (inFirst && partition === 2) await late.promise;
      yield part;
    }
  };
  const board = new Board();
  const unsteady = { getLog: () => log.getLog(), listOpenTasks };
  const load = () => {
    attempt += 1;
    return loadBoard({ world: realWorld, board, log: unsteady, signal });
  };
  await expect(load()).rejects.toThrow('no connection');
  const [, ...cancelled] = taskStory([15]);
  log.append(idIn(2), ...cancelled);
  await load();
  late.resolve();
  await nextTurn();
  expect([board.get(idIn(2)), board.size]).toEqual([undefined, 3]);
});

it('tells of the loaded tasks oldest first, whatever partition they are of', async () => {
  let now = 0;
  const log = createMemoryLog({ partitions: 4, now: () => (now += 1) });
  for (let number = 0; number < 500; number++) log.append(taskId(number), ...taskStory([]));
  const board = new Board();
  const told: number[] = [];
  board.listen((change) => change.kind === 'waiting' && told.push(change.task.since));
  await loadBoard({ world: realWorld, board, log, signal });
  expect(told).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
});

it('brings sorted lists in order, equals in the order of the lists', () => {
  const lists = fc.array(fc.array(fc.nat(20)), { maxLength: 9 });
  fc.assert(
    fc.property(lists, (numbers) => {
      const sorted = numbers.map((list, of) => {
        return list.toSorted((a, b) => a - b).map((value) => ({ value, of }));
      });
      const merged = [...inOrder(sorted, (a, b) => a.value < b.value)];
      expect(merged).toEqual(sorted.flat().toSorted((a, b) => a.value - b.value || a.of - b.of));
    }),
  );
});
