import { expect, it } from 'vitest';
import { create, get, logOf, sound } from '../check/evidence-fixture.ts';
import type { ChaosResult } from '../run.ts';
import { reportOf } from './report.ts';
import { storiesOf } from './stories.ts';

const strike = async () => 'struck' as const;

const result: ChaosResult = {
  arsenal: {
    faults: [{ target: 'nats', harm: 'wiped', strike }],
    notRun: [{ target: 'postgres', harm: 'disk full', whyNot: 'mount: permission denied' }],
  },
  operations: [create({ ask: 'a1' }), create({ ask: 'a2', id: 't2' }), get({ version: 0, at: 1 })],
  struck: [
    {
      fault: { target: 'edge', harm: 'killed', strike },
      startedAt: 1,
      endedAt: 2,
    },
  ],
  events: 4,
  tasks: 1,
  ends: ['quick succeeded'],
  healedMs: 1_500,
  stories: '',
  findings: [
    { invariant: 'it holds', checked: 12, violations: [] },
    {
      invariant: 'it breaks',
      checked: 3,
      violations: Array.from({ length: 30 }, (_, n) => `v${n}`),
    },
  ],
};

it('counts operations by kind and ending, and faults by target and harm', () => {
  const report = reportOf(result);
  expect(report).toMatch(/ 1 {2}create answered\n.* 1 {2}create unknown ECONNRESET/);
  expect(report).toMatch(/ 1 {2}get refused TASK_NOT_FOUND/);
  expect(report).toMatch(/ 1 {2}edge killed/);
  expect(report).toMatch(/ 1 {2}quick succeeded/);
});

it('names the faults that never struck, and those that this machine cannot bear', () => {
  const report = reportOf(result);
  expect(report).toMatch(/ 0 {2}nats wiped/);
  expect(report).toMatch(/ - {2}postgres disk full: NOT RUN, mount: permission denied/);
  expect(report).toMatch(/ 0 {2}scheduler\n/);
});

it('says of each invariant how much was looked at, and shows the first violations', () => {
  const report = reportOf(result);
  expect(report).toMatch(/holds +12 {2}it holds\n +BROKEN +3 {2}it breaks/);
  expect(report).toMatch(/30 violations of: it breaks\n {2}v0\n/);
  expect(report).not.toContain('v10');
});

it('tells all that is known of a task that a violation names', () => {
  const id = '6b0570c9d0db26d9624f0d1a';
  const evidence = { ...sound, log: logOf(id, []), operations: [create({ ask: 'a1', id })] };
  const violations = [`${id} has 0 finishes`, `${id} was lost`];
  const stories = storiesOf(evidence, [{ invariant: 'it ends', checked: 1, violations }]);
  expect(stories.split('\n')).toHaveLength(3);
  expect(stories).toMatch(/^task .+\n.+TaskIssued.+\n.+"kind":"create"/);
});
