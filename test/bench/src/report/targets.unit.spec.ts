import { describe, expect, it } from 'vitest';
import type { Figures } from '../figures.ts';
import type { SystemName } from '../systems/system.ts';
import type { ProcessFigures } from '../turn.ts';
import { judgeTargets, type Measured, type Target } from './targets.ts';

const bullmq: Figures = {
  acceptedPerSecond: 3_000,
  acceptP50Ms: 16,
  acceptP99Ms: 50,
  finishedPerSecond: 3_000,
  seenP50Ms: 4,
  seenP95Ms: 9,
  seenP99Ms: 20,
};
const pgBoss: Figures = { ...bullmq, acceptedPerSecond: 1_000, finishedPerSecond: 200 };
const graphile: Figures = { ...bullmq, acceptedPerSecond: 300, finishedPerSecond: 300 };

const edge: ProcessFigures = {
  name: 'edge 0',
  kind: 'service',
  cpuSeconds: 1,
  rssMb: 120,
  treeRssMb: 120,
};
const agent: ProcessFigures = { ...edge, name: 'node-agent 0', rssMb: 90, treeRssMb: 400 };
const postgres: ProcessFigures = { ...edge, name: 'postgres 0', kind: 'server', rssMb: 900 };

function judge(ours: Partial<Figures>, processes: readonly ProcessFigures[] = [edge]): Target[] {
  const peers: [SystemName, Figures][] = [
    ['bullmq', bullmq],
    ['pg-boss', pgBoss],
    ['graphile-worker', graphile],
  ];
  return judgeTargets(
    new Map<SystemName, Measured>([
      ['ours', { figures: { ...bullmq, ...ours }, processes }],
      ...peers.map(([name, figures]) => [name, { figures, processes: [] }] as const),
    ]),
  );
}

function find(targets: readonly Target[], start: string, limit?: number): Target {
  const found = targets.find(
    ({ title, wanted }) => title.startsWith(start) && (limit ?? wanted.value) === wanted.value,
  );
  if (found === undefined) throw new Error(`no target ${start}`);
  return found;
}

describe('a target', () => {
  it('at a ratio is met at its edge and missed below', () => {
    const at = find(judge({ acceptedPerSecond: 3_000 }), 'accepted/s against pg-boss');
    const under = find(judge({ acceptedPerSecond: 2_999 }), 'accepted/s against pg-boss');
    expect([at.compared, at.verdict]).toEqual([3, 'met']);
    expect(under.verdict).toBe('missed');
  });

  it('that wants less than a peer is missed at the same time as the peer', () => {
    expect(find(judge({ acceptP99Ms: 50 }), 'accept p99').verdict).toBe('missed');
    expect(find(judge({ acceptP99Ms: 49.9 }), 'accept p99').verdict).toBe('met');
  });

  it('against the Postgres peers takes the best of those that ran', () => {
    const target = find(judge({ finishedPerSecond: 1_500 }), 'finished/s against graphile-worker');
    expect([target.theirs, target.compared, target.verdict]).toEqual([300, 5, 'met']);
  });

  it('stands twice where half comes first and then all', () => {
    const targets = judge({ finishedPerSecond: 2_000 });
    expect(find(targets, 'finished/s against bullmq', 0.5).verdict).toBe('met');
    expect(find(targets, 'finished/s against bullmq', 1).verdict).toBe('missed');
  });

  it('of milliseconds alone is held to no peer', () => {
    const target = find(judge({ seenP99Ms: 49 }), 'submit to seen finish p99');
    expect([target.theirs, target.compared, target.verdict]).toEqual([undefined, 49, 'met']);
  });

  it('of memory looks at services alone, and at each without its children', () => {
    const target = find(judge({}, [edge, agent, postgres]), 'peak RSS');
    expect(target.title).toContain('edge 0');
    expect([target.ours, target.verdict]).toEqual([120, 'met']);
  });

  it('whose peer did not run is not measured, and not met', () => {
    const alone = new Map<SystemName, Measured>([['ours', { figures: bullmq, processes: [edge] }]]);
    const verdicts = judgeTargets(alone).map(({ title, verdict }) => [title, verdict]);
    expect(verdicts).toContainEqual(['accepted/s against bullmq', 'not measured']);
    expect(verdicts).toContainEqual(['submit to seen finish p99, ms', 'met']);
  });
});
