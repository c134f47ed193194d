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

const assign = (expectedVersion: number): TaskCommand => {
  return { type: 'AssignTask', expectedVersion, nodeId: nodeA, sessionEpoch: 7n };
};
const expire = (attempt: number): TaskCommand => ({ type: 'ExpireTask', attempt });
const foreignCancel: TaskCommand = { type: 'CancelTask', tenantId: otherTenant };

const nothing: TaskEvent[] = [];
const held = [issued, assigned(1, nodeA)];
const running = [...held, progressed(1, 50)];
const waiting = [...held, released(1, 'drained')];
const done = [...held, succeeded(1)];

/** The whole answer: people and programs read the code, and people the words. */
function answerTo(command: TaskCommand, events: readonly TaskEvent[]): string {
  const decision = decide(command, fold(events));
  return decision.kind === 'refused' ? `${decision.code}: ${decision.message}` : decision.kind;
}

describe('a task that nobody issued', () => {
  it.each([
    assign(0),
    progress(1, nodeA, 10),
    finish(1, nodeA),
    release(1, nodeA, 'drained'),
    expire(0),
    cancel,
  ])('is not found by $type', (command) => {
    expect(answerTo(command, nothing)).toBe('TASK_NOT_FOUND: No such task');
  });
});

describe('a finished task', () => {
  it.each([progress(1, nodeA, 10), finish(1, nodeA), release(1, nodeA, 'node_lost')])(
    'fences $type, also of the attempt that finished it',
    (command) => {
      expect(answerTo(command, done)).toBe('FENCED: The task is finished');
    },
  );

  it.each([assign(3), expire(1)])('refuses $type', (command) => {
    expect(answerTo(command, done)).toBe('TASK_ALREADY_FINISHED: The task is finished');
  });

  it('says to a cancel how it ended', () => {
    expect(answerTo(cancel, done)).toBe('TASK_ALREADY_FINISHED: The task has ended: succeeded');
  });
});

describe('a refusal', () => {
  it.each([
    [issue, [issued], 'TASK_ALREADY_ISSUED: This task id is taken'],
    [assign(2), held, 'CONFLICT: The task is assigned at version 2'],
    [assign(1), waiting, 'CONFLICT: The task is issued at version 3'],
    [finish(1, nodeA), waiting, 'FENCED: The attempt was released'],
    [finish(2, nodeA), held, 'FENCED: The task is in attempt 1, not 2'],
    [finish(1, nodeB), held, 'FENCED: The task is in attempt 1, not 1'],
    [expire(1), held, 'CONFLICT: The task is assigned in attempt 1'],
    [expire(0), waiting, 'CONFLICT: The task is issued in attempt 1'],
    [foreignCancel, [issued], 'TASK_NOT_FOUND: No such task'],
  ] as const)('of $type says what is in its way: %#', (command, events, answer) => {
    expect(answerTo(command, events)).toBe(answer);
  });
});

describe('progress of a running task', () => {
  it('is recorded when it rises, and only then', () => {
    expect(answerTo(progress(1, nodeA, 51), running)).toBe('accepted');
    expect(answerTo(progress(1, nodeA, 50), running)).toBe('unchanged');
  });
});

describe('an end that nobody reported', () => {
  const losing = ([1, 2, 3, 4] as const).flatMap((attempt) => [
    assigned(attempt, nodeA),
    released(attempt, attempt % 2 === 0 ? 'node_lost' : 'unacknowledged'),
  ]);
  const fifth = [issued, ...losing, assigned(5, nodeA)];

  it.each([
    [release(5, nodeA, 'unacknowledged'), fifth, 'The task lost its node 5 times'],
    [expire(0), [issued], 'No node took the task within its queue time'],
    [cancel, running, 'Cancelled by its owner'],
  ] as const)('of $type says why: %#', (command, events, detail) => {
    expect(decide(command, fold(events))).toMatchObject({ event: { detail, result: null } });
  });

  it('does not come of refusals and drains, however many', () => {
    const given = ([1, 2, 3, 4, 5, 6] as const).flatMap((attempt) => [
      assigned(attempt, nodeA),
      released(attempt, attempt % 2 === 0 ? 'refused' : 'drained'),
    ]);
    const events = [issued, ...given, assigned(7, nodeA)];
    expect(fold(events)).toMatchObject({ nodeLosses: 0 });
    const next = decide(release(7, nodeA, 'node_lost'), fold(events));
    expect(next).toMatchObject({ event: { type: 'TaskReleased' } });
  });
});
