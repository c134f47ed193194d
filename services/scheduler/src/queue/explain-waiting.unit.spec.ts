import { createMemoryLog, storyTenant, taskStory } from '@greencloud/event-log/testing';
import { describe, expect, it } from 'vitest';
import { Board } from '../board/board.ts';
import { nodeId, offer } from '../placement/placement-fixtures.ts';
import { explainWaiting, type NodeInView } from './explain-waiting.ts';
import { taskId } from './queue-fixtures.ts';

function waiting() {
  const board = new Board();
  const [issued] = taskStory([3]);
  if (issued?.type !== 'TaskIssued') throw new Error('no story');
  const capabilities = { cpuCount: 2, memSize: 1_024, networkLatency: 0, privileged: false };
  board.apply(createMemoryLog({ partitions: 1 }).append(taskId(1), { ...issued, capabilities }));
  const task = board.get(taskId(1));
  if (task === undefined) throw new Error('not open');
  return task;
}

let number = 0;
const node = (
  other: Partial<NodeInView> & { offer?: ReturnType<typeof offer> } = {},
): NodeInView => {
  number += 1;
  return { nodeId: nodeId(number), offer: offer(), drains: 'no', demands: [], ...other };
};

describe('why a task waits', () => {
  it('is told by count, the most frequent reason first', () => {
    const small = () => node({ offer: offer({ memSize: 512 }) });
    const nodes = [node({ demands: [0] }), small(), small(), node({ demands: [0] }), small()];
    expect(explainWaiting(waiting(), nodes, 0)).toEqual([
      { nodes: 3, reason: 'memSize too small' },
      { nodes: 2, reason: 'busy' },
    ]);
  });

  it('is a busy node also where too few slots are free for what it demands', () => {
    const four = { offer: offer({ slots: 4 }) };
    const nodes = [node({ ...four, demands: [0, 0, 0] }), node({ ...four, demands: [1_024] })];
    expect(explainWaiting(waiting(), nodes, 0).map(({ reason }) => reason)).toEqual([
      'busy',
      'free, about to get a task',
    ]);
  });

  it('is that no node is there', () => {
    expect(explainWaiting(waiting(), [], 0)).toEqual([
      { nodes: 0, reason: 'no node is connected' },
    ]);
  });

  it('names every other reason', () => {
    const refused = node();
    const task = { ...waiting(), bans: [{ nodeId: refused.nodeId, until: 10 }] };
    const reasonFor = (each: NodeInView) => explainWaiting(task, [each], 0)[0]?.reason;
    expect(reasonFor(refused)).toBe('did not take the task a moment ago');
    expect(reasonFor(node({ drains: 'yes' }))).toBe('draining');
    expect(reasonFor(node({ offer: offer({ cpuCount: 1 }) }))).toBe('cpuCount too small');
    expect(reasonFor(node({ offer: offer({ isolation: 'process' }) }))).toBe('tenant not trusted');
    const trusting = offer({ isolation: 'process', trusts: [storyTenant] });
    expect(reasonFor(node({ offer: trusting }))).toBe('free, about to get a task');
  });
});
