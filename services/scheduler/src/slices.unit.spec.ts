import { expect, it } from 'vitest';
import { inSlices, Slices } from './slices.ts';
import type { World } from './world.ts';

/** A clock that goes on by a millisecond with each piece of work. */
function workshop() {
  const later: (() => void)[] = [];
  let uptime = 0;
  const world: World = {
    now: () => uptime,
    uptime: () => uptime,
    after: () => () => undefined,
    soon: (act) => void later.push(act),
    random: () => 0,
  };
  const work = () => {
    uptime += 1;
  };
  const turn = async () => {
    for (const act of later.splice(0)) act();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { world, work, turn };
}

it('does a part of the work in each turn, and all of it in the end', async () => {
  const { world, work, turn } = workshop();
  const done: number[] = [];
  const all = inSlices(world, Array.from({ length: 100 }).keys(), (item) => {
    done.push(item);
    work();
  });
  const counts: number[] = [];
  for (; done.length < 100; await turn()) counts.push(done.length);
  await turn();
  await all;
  expect(Math.max(...counts.map((count, i) => count - (counts[i - 1] ?? 0)))).toBeLessThan(20);
  expect(done).toEqual([...Array.from({ length: 100 }).keys()]);
});

it('allows one slice in a turn, however many share it', async () => {
  const { world, work, turn } = workshop();
  const slices = new Slices(world, 10);
  const useUp = () => {
    let pieces = 0;
    for (; !slices.isOver; pieces++) work();
    return pieces;
  };
  expect(useUp()).toBeGreaterThan(0);
  const more = useUp();
  expect(more).toBeLessThan(8);
  await turn();
  expect(useUp()).toBeGreaterThan(more);
});

it('is never over where no time passes: a simulation goes the same way each time', () => {
  const { world } = workshop();
  const slices = new Slices(world, 1);
  expect(Array.from({ length: 1_000 }, () => slices.isOver)).not.toContain(true);
});
