import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('needs nothing', () => {
  expect(readConfig({})).toEqual({
    port: 8080,
    dataDir: resolve('.local'),
    nodes: 2,
    partitions: 4,
    databaseUrl: undefined,
    natsUrl: undefined,
    passed: { NODE_OPTIONS: '--max-semi-space-size=12 --max-old-space-size=1024' },
  });
});

it('names every bad variable in one error, and no secret', () => {
  const read = () =>
    readConfig({ PORT: '80a', GC_NODES: '-1', DATABASE_URL: 'mysql://u:hidden@h/d' });
  expect(read).toThrow(/PORT.*\n.*GC_NODES.*\n.*DATABASE_URL/);
  expect(read).not.toThrow(/hidden/);
});

it('passes on GC_ variables and how to find programs, nothing else', () => {
  const NODE_OPTIONS = '--max-semi-space-size=8';
  const env = { PATH: '/bin', GC_SLOTS: '8', AWS_SECRET_ACCESS_KEY: 'x', NODE_OPTIONS };
  const { passed } = readConfig(env);
  expect(passed).toEqual({
    PATH: '/bin',
    GC_SLOTS: '8',
    NODE_OPTIONS: '--max-semi-space-size=12 --max-old-space-size=1024 --max-semi-space-size=8',
  });
});
