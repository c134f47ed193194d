import { expect, it } from 'vitest';
import { medians } from './medians.ts';

it('the median is taken for each figure by itself', () => {
  const runs = [
    { rate: 1, ms: 30 },
    { rate: 3, ms: 10 },
    { rate: 2, ms: 20 },
  ];
  expect(medians(['rate', 'ms'], runs)).toEqual({ rate: 2, ms: 20 });
});
