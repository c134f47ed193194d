import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('measures all four systems three times unless told otherwise', () => {
  expect(readOptions([])).toEqual({
    only: ['ours', 'bullmq', 'pg-boss', 'graphile-worker'],
    tasks: 5_000,
    warm: 2_000,
    runs: 3,
    output: 'tables',
    floorSeconds: 2,
  });
});

it('takes what is given', () => {
  const args = [
    '--only',
    'ours, bullmq',
    '--tasks',
    '500',
    '--warm',
    '300',
    '--runs',
    '1',
    '--json',
  ];
  expect(readOptions(args)).toMatchObject({
    only: ['ours', 'bullmq'],
    tasks: 500,
    warm: 300,
    runs: 1,
    output: 'lines-and-tables',
  });
});

it.each([
  [['--only', 'kafka'], 'no system is called "kafka"'],
  [['--tasks', 'many'], '--tasks is a whole number of at least 1, not "many"'],
  [['--warm', '0'], '--warm is a whole number of at least 1, not "0"'],
  [['--runs', '0'], '--runs is a whole number of at least 1, not "0"'],
  [['--speed', '9'], "Unknown option '--speed'"],
])('refuses %j and says how it is used', (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason);
  expect(() => readOptions(args)).toThrow('npm run bench');
});
