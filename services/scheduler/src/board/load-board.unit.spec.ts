import { createMemoryLog, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { taskId } from '../queue/queue-fixtures.ts';
import { realWorld } from '../world.ts';
import { Board } from './board.ts';
import { inOrder } from './in-order.ts';
import { loadBoard } from './load-board.ts';

it('tells of the loaded tasks oldest first, whatever partition they are of', async () => {
  const [issued] = taskStory([]);
  if (issued === undefined) throw new Error('no story');
  let now = 0;
  const log = createMemoryLog({ partitions: 4, now: () => (now += 1) });
  for (let number = 0; number < 500; number++) log.append(taskId(number), issued);
  const board = new Board();
  const told: number[] = [];
  board.listen((change) => change.kind === 'waiting' && told.push(change.task.since));
  await loadBoard({ world: realWorld, board, log, signal: new AbortController().signal });
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
