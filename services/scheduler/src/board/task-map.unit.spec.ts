import type { TaskId } from '@greencloud/domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { taskId } from '../queue/queue-fixtures.ts';
import { TaskMap } from './task-map.ts';

const steps = fc.array(
  fc.record({ act: fc.constantFrom('set', 'delete'), number: fc.nat(600), value: fc.nat() }),
  { maxLength: 300 },
);

const sorted = (values: Iterable<number>) => [...values].toSorted((a, b) => a - b);

it('is a map', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const [map, model] = [new TaskMap<number>(), new Map<TaskId, number>()];
      for (const { act, number, value } of all) {
        const id = taskId(number);
        if (act === 'set') {
          map.set(id, value);
          model.set(id, value);
        } else {
          map.delete(id);
          model.delete(id);
        }
        expect([map.size, map.has(id), map.get(id)]).toEqual([
          model.size,
          model.has(id),
          model.get(id),
        ]);
      }
      expect(sorted(map.values())).toEqual(sorted(model.values()));
      map.clear();
      expect([map.size, [...map.values()]]).toEqual([0, []]);
    }),
  );
});

it('goes on over what is deleted and set meanwhile', () => {
  const map = new TaskMap<number>();
  for (let number = 0; number < 1_000; number++) map.set(taskId(number), number);
  const seen = new Set<number>();
  for (const number of map.values()) {
    seen.add(number);
    if (number === -1) continue;
    map.delete(taskId(number));
    map.delete(taskId((number + 1) % 1_000));
    map.set(taskId(5_000 + number), -1);
  }
  expect(seen.has(-1)).toBe(true);
  expect(map.size).toBeGreaterThan(0);
});
