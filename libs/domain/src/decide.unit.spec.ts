import { describe, expect, it } from 'vitest';
import type { TaskCommand } from './commands.ts';
import { decide } from './decide.ts';
import { fold } from './evolve.ts';
import type { TaskEvent } from './task.ts';
import {
  assigned,
  cancel,
  finish,
  issue,
  issued,
  nodeA,
  nodeB,
  otherTenant,
  progress,
  progressed,
  release,
  released,
  succeeded,
} from './task-fixtures.ts';

function given(...events: TaskEvent[]) {
  const state = fold(events);
  return { when: (command: TaskCommand) => decide(command, state) };
}

const code = (decision: ReturnType<typeof decide>) =>
  decision.kind === 'refused' ? decision.code : decision.kind;

describe('issuing', () => {
  it('accepts a new task', () => {
    expect(given().when(issue)).toEqual({ kind: 'accepted', event: issued });
  });

  it('refuses an id that is taken', () => {
    expect(code(given(issued).when(issue))).toBe('TASK_ALREADY_ISSUED');
  });
});

describe('assigning', () => {
  const assign = (expectedVersion: number) =>
    ({ type: 'AssignTask', expectedVersion, nodeId: nodeA, sessionEpoch: 7n }) as const;

  it('gives the first attempt the number 1', () => {
    expect(given(issued).when(assign(1))).toEqual({ kind: 'accepted', event: assigned(1, nodeA) });
  });

  it('raises the attempt after a release', () => {
    const decision = given(issued, assigned(1, nodeB), released(1, 'drained')).when(assign(3));
    expect(decision).toEqual({ kind: 'accepted', event: assigned(2, nodeA) });
  });

  it('refuses the replica that saw an older version', () => {
    const waiting = given(issued, assigned(1, nodeB), released(1, 'drained'));
    expect(code(waiting.when(assign(1)))).toBe('CONFLICT');
  });

  it('refuses a task that another node has', () => {
    expect(code(given(issued, assigned(1, nodeB)).when(assign(2)))).toBe('CONFLICT');
  });

  it('refuses a finished task', () => {
    const done = given(issued, assigned(1, nodeA), succeeded(1));
    expect(code(done.when(assign(3)))).toBe('TASK_ALREADY_FINISHED');
  });
});

describe('progress', () => {
  it('makes an assigned task run, even at 0 percent', () => {
    const decision = given(issued, assigned(1, nodeA)).when(progress(1, nodeA, 0));
    expect(decision).toEqual({ kind: 'accepted', event: progressed(1, 0) });
  });

  it('leaves a task alone that is as far already', () => {
    const running = given(issued, assigned(1, nodeA), progressed(1, 50));
    expect(code(running.when(progress(1, nodeA, 50)))).toBe('unchanged');
    expect(code(running.when(progress(1, nodeA, 49)))).toBe('unchanged');
  });

  it.each([
    ['another attempt', 2, nodeA],
    ['another node', 1, nodeB],
  ] as const)('refuses %s', (_, attempt, node) => {
    const running = given(issued, assigned(1, nodeA));
    expect(code(running.when(progress(attempt, node, 10)))).toBe('FENCED');
  });
});

describe('finishing', () => {
  it('records the finish of the present attempt', () => {
    const decision = given(issued, assigned(1, nodeA)).when(finish(1, nodeA));
    expect(decision).toEqual({ kind: 'accepted', event: succeeded(1) });
  });

  it('refuses completion by another attempt', () => {
    const second = given(issued, assigned(1, nodeA), released(1, 'node_lost'), assigned(2, nodeB));
    expect(code(second.when(finish(1, nodeA)))).toBe('FENCED');
  });

  it('refuses a released attempt', () => {
    const waiting = given(issued, assigned(1, nodeA), released(1, 'node_lost'));
    expect(code(waiting.when(finish(1, nodeA)))).toBe('FENCED');
  });

  it('refuses a second finish', () => {
    const done = given(issued, assigned(1, nodeA), succeeded(1));
    expect(code(done.when(finish(1, nodeA)))).toBe('FENCED');
  });
});

describe('releasing', () => {
  const lose = (times: number): TaskEvent[] =>
    Array.from({ length: times }, (_, i) => [
      assigned(i + 1, nodeA),
      released(i + 1, 'node_lost'),
    ]).flat();

  it('lets the task wait again', () => {
    const decision = given(issued, assigned(1, nodeA)).when(release(1, nodeA, 'node_lost'));
    expect(decision).toEqual({ kind: 'accepted', event: released(1, 'node_lost') });
  });

  it('ends a task as lost with its fifth node', () => {
    const decision = given(issued, ...lose(4), assigned(5, nodeA)).when(
      release(5, nodeA, 'node_lost'),
    );
    expect(decision).toMatchObject({
      event: { type: 'TaskFinished', outcome: 'lost', status: 504 },
    });
  });

  it('does not count a drain as a loss', () => {
    const decision = given(issued, ...lose(4), assigned(5, nodeA)).when(
      release(5, nodeA, 'drained'),
    );
    expect(decision).toMatchObject({ event: { type: 'TaskReleased' } });
  });
});

describe('expiring', () => {
  it('ends a waiting task', () => {
    const decision = given(issued).when({ type: 'ExpireTask', attempt: 0 });
    expect(decision).toMatchObject({ event: { outcome: 'expired', attempt: 0, status: 504 } });
  });

  it('leaves a task alone that found a node meanwhile', () => {
    expect(code(given(issued, assigned(1, nodeA)).when({ type: 'ExpireTask', attempt: 0 }))).toBe(
      'CONFLICT',
    );
  });
});

describe('cancelling', () => {
  it.each([
    ['waiting', []],
    ['assigned', [assigned(1, nodeA)]],
    ['running', [assigned(1, nodeA), progressed(1, 10)]],
  ] as const)('ends a %s task', (_, events) => {
    expect(given(issued, ...events).when(cancel)).toMatchObject({
      event: { outcome: 'cancelled', status: 499 },
    });
  });

  it('is the same said twice', () => {
    const attempt = { ...succeeded(0), outcome: 'cancelled' } as const;
    expect(code(given(issued, attempt).when(cancel))).toBe('unchanged');
  });

  it('refuses a task that ended otherwise', () => {
    const done = given(issued, assigned(1, nodeA), succeeded(1));
    expect(code(done.when(cancel))).toBe('TASK_ALREADY_FINISHED');
  });

  it('answers a foreign task like a missing one', () => {
    const foreign = given(issued).when({ type: 'CancelTask', tenantId: otherTenant });
    expect(foreign).toEqual(given().when(cancel));
  });
});
