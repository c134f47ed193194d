import { expect, it } from 'vitest';
import { createRandom } from './random.ts';

const first = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 20 }, () => random.between(1, 100));
};

it('makes the same choices of the same seed, and others of another', () => {
  expect(first(7)).toEqual(first(7));
  expect(first(7)).not.toEqual(first(8));
});

it('reaches both ends of a range and nothing beyond', () => {
  const random = createRandom(1);
  const seen = new Set(Array.from({ length: 200 }, () => random.between(1, 3)));
  expect(seen).toEqual(new Set([1, 2, 3]));
});

it('forks sources that do not disturb each other', () => {
  const [plain, disturbed] = [createRandom(3), createRandom(3)];
  disturbed.next();
  expect(disturbed.fork('client 1').next()).toBe(plain.fork('client 1').next());
  expect(plain.fork('client 1').next()).not.toBe(plain.fork('client 2').next());
});

it('shuffles without losing anything', () => {
  expect(new Set(createRandom(5).shuffled([1, 2, 3, 4]))).toEqual(new Set([1, 2, 3, 4]));
});
