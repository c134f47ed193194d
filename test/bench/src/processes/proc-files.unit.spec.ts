import { expect, it } from 'vitest';
import { parseCpuSeconds, parseMemory } from './proc-files.ts';
import { sumTree } from './process-tree.ts';

it('reads CPU time past a program name with spaces and brackets', () => {
  const stat = '42 (node (a) b) S 1 42 42 0 -1 4194304 9 8 7 6 150 50 20 30 20 0 11 0 12345 6 7';
  expect(parseCpuSeconds(stat)).toBe(2.5);
});

it('reads memory by its kind', () => {
  const status =
    'Name:\tnode\nVmRSS:\t 4096 kB\nRssAnon:\t 2048 kB\nRssFile:\t 1024 kB\nRssShmem:\t 1024 kB\n';
  expect(parseMemory(status)).toEqual({ anonMb: 2, fileMb: 1, sharedMb: 1 });
});

it('takes a process without memory lines for one of no memory', () => {
  expect(parseMemory('Name:\tnode\nState:\tZ (zombie)\n')).toEqual({
    anonMb: 0,
    fileMb: 0,
    sharedMb: 0,
  });
});

it('counts shared pages of a tree once and private ones each time', () => {
  const parent = { cpuSeconds: 1, anonMb: 10, fileMb: 40, sharedMb: 5 };
  const child = { cpuSeconds: 2, anonMb: 20, fileMb: 45, sharedMb: 0 };
  expect(sumTree(parent, [child, child])).toEqual({
    cpuSeconds: 5,
    rssMb: 55,
    treeRssMb: 100,
  });
});
