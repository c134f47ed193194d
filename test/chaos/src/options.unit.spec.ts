import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('takes a new seed where none is given', () => {
  expect(readOptions([])).toMatchObject({ minutes: 3, clients: 12 });
  expect(readOptions([]).seed).not.toBe(readOptions([]).seed);
});

it('obeys what is given', () => {
  expect(readOptions(['--minutes', '30', '--seed', '7'])).toMatchObject({ minutes: 30, seed: 7 });
});

it.each(['--minutes=soon', '--minutes=0', '--clients='])('says what is wrong with %s', (option) => {
  expect(() => readOptions([option])).toThrow(/is a number of at least .+\n\nnpm run test:chaos/);
});
