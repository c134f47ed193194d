import { describe, expect, it } from 'vitest';
import { fold } from './evolve.ts';
import type { TaskEvent } from './task.ts';
import { assigned, issued, nodeA, progressed, released, succeeded } from './task-fixtures.ts';

const held = [issued, assigned(1, nodeA)];
const done = [...held, succeeded(1)];

describe('a log', () => {
  it.each<[string, readonly TaskEvent[], string]>([
    ['an issue twice', [issued, issued], 'a task issued twice'],
    ['an assignment first', [assigned(1, nodeA)], 'TaskAssigned of a task that is unknown'],
    ['a release first', [released(1, 'drained')], 'TaskReleased of a task that is unknown'],
    ['a finish first', [succeeded(1)], 'TaskFinished of a task that is unknown'],
    ['two finishes', [...done, succeeded(1)], 'TaskFinished of a task that is finished'],
    ['progress after the end', [...done, progressed(1, 1)], 'TaskProgressed of a task that is fin'],
    ['progress of a waiting task', [issued, progressed(1, 1)], 'progress of a task that is issued'],
  ])('with %s is damaged, and says so', (_, events, problem) => {
    expect(() => fold(events)).toThrow(`The log is damaged: ${problem}`);
  });

  it('keeps what was issued through every later event', () => {
    const { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities } = issued;
    const kept = { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities };
    const events = [issued, assigned(1, nodeA), progressed(1, 10), released(1, 'node_lost')];
    for (const [index] of events.entries()) {
      const version = index + 1;
      expect(fold(events.slice(0, version))).toMatchObject({ ...kept, version });
    }
    expect(fold(events)).toMatchObject({ status: 'issued', attempt: 1, nodeLosses: 1 });
    expect(fold(done)).toMatchObject({ ...kept, status: 'finished', outcome: 'succeeded' });
  });

  it('counts the losses of nodes, and neither drains nor refusals', () => {
    const losses = (['node_lost', 'unacknowledged', 'drained', 'refused'] as const).map((reason) =>
      fold([...held, released(1, reason)]),
    );
    expect(losses.map((state) => 'nodeLosses' in state && state.nodeLosses)).toEqual([1, 1, 0, 0]);
  });

  it('runs again after an assignment only when the next node says so', () => {
    const again = [...held, progressed(1, 60), released(1, 'node_lost'), assigned(2, nodeA)];
    expect(fold(again)).toMatchObject({ status: 'assigned', attempt: 2 });
    expect(fold([...again, progressed(2, 0)])).toMatchObject({ status: 'running', percent: 0 });
  });
});
