import {
  type DomainError,
  evolve,
  initialState,
  type TaskEvent,
  type TaskState,
} from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { newTaskId } from '../log/log-fixtures.ts';
import { assign, cancel, finish, issueTask, progress, request } from './append-fixtures.ts';
import type { AppendRequest } from './append-request.ts';
import { decideBatch, type KnownTask, type Verdict } from './decide-batch.ts';

const taskId = newTaskId();
const issued = { ...issueTask, type: 'TaskIssued' } as TaskEvent;
const waiting = evolve(initialState, issued);

function cached(state: TaskState): KnownTask {
  return { kind: 'cached', state, payload: 'none' };
}

/** As loaded from the log, with the commands that made it. */
function inLog(state: TaskState, ...commandIds: string[]): KnownTask {
  const appended = new Map(
    commandIds.map((id, index) => [id, { version: index + 1, event: issued }]),
  );
  return { kind: 'readable', state, payload: 'kept', appended };
}

function decided(known: KnownTask | undefined, ...requests: AppendRequest[]): string[] {
  return decideBatch(requests, () => known).map(describeVerdict);
}

function describeVerdict(verdict: Verdict): string {
  if (verdict.kind === 'append') {
    return `${verdict.decided.event.type} after ${verdict.decided.expectedVersion}`;
  }
  if (verdict.kind === 'undecided') return 'undecided';
  if (verdict.kind === 'unchanged') return `unchanged at ${verdict.version}`;
  const { answer } = verdict;
  return answer instanceof Error ? answer.code : answer.kind;
}

const of = (command: AppendRequest['command']) => request(taskId, command);

describe('an event', () => {
  it('may rest on a cached state, because the log checks its version', () => {
    expect(decided(cached(waiting), of(assign(1)))).toEqual(['TaskAssigned after 1']);
  });

  it('rests on those decided before it in the batch', () => {
    expect(decided(undefined, of(issueTask), of(assign(1)), of(finish(1)))).toEqual([
      'TaskIssued after 0',
      'TaskAssigned after 1',
      'TaskFinished after 2',
    ]);
  });

  it('does not touch other tasks of the batch', () => {
    const other = request(newTaskId(), issueTask);
    expect(decided(undefined, of(issueTask), other)).toEqual([
      'TaskIssued after 0',
      'TaskIssued after 0',
    ]);
  });
});

describe('an answer without an event', () => {
  it('needs the task as the log has it', () => {
    const stale = of(progress(1, 10));
    expect(decided(cached(waiting), stale)).toEqual(['undecided']);
    expect(decided(undefined, stale)).toEqual(['undecided']);
    expect(decided(inLog(waiting), stale)).toEqual(['FENCED']);
  });

  it('waits for the outcome of what it rests on', () => {
    expect(decided(inLog(waiting), of(assign(1)), of(assign(1)))).toEqual([
      'TaskAssigned after 1',
      'undecided',
    ]);
  });

  it('is no change at the version that its state has', () => {
    const commands = [
      assign(1),
      progress(1, 40),
      progress(1, 40),
      progress(1, 50),
      progress(1, 45),
    ];
    expect(decided(cached(waiting), ...commands.map(of))).toEqual([
      'TaskAssigned after 1',
      'TaskProgressed after 2',
      'unchanged at 3',
      'TaskProgressed after 3',
      'unchanged at 4',
    ]);
  });

  it('is final for a task that nobody knows', () => {
    expect(decided(inLog(initialState), of(cancel))).toEqual(['TASK_NOT_FOUND']);
  });

  it('is the reason why a task cannot be read', () => {
    const error = Object.assign(new Error('newer'), { code: 'UNAVAILABLE' }) as DomainError;
    expect(decided({ kind: 'unreadable', error }, of(cancel))).toEqual(['UNAVAILABLE']);
  });
});

describe('a command sent again', () => {
  it('is answered by what it did, whatever the task is now', () => {
    const again = of(finish(7));
    expect(decided(inLog(waiting, again.commandId), again)).toEqual(['appended']);
  });

  it('waits for its first sending in the same batch', () => {
    const issuing = of(issueTask);
    expect(decided(undefined, issuing, issuing)).toEqual(['TaskIssued after 0', 'undecided']);
  });
});
