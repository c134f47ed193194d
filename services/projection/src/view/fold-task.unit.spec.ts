import { fold as foldState, type TaskEvent } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, storyNodes, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskNumber } from '../testing/stories.ts';
import { foldTask, UnappliableEventError } from './fold-task.ts';

const [nodeA] = storyNodes;
const [issued] = taskStory([]);

function recorded(...events: RecordedEvent['event'][]): RecordedEvent[] {
  let now = 0;
  const log = createMemoryLog({ partitions: 1, now: () => (now += 1_000) });
  return log.append(taskNumber(1), ...(issued === undefined ? [] : [issued]), ...events);
}

function assigned(attempt: number): TaskEvent {
  return { type: 'TaskAssigned', attempt, nodeId: nodeA, sessionEpoch: 1n };
}
function progressed(attempt: number, percent: number): TaskEvent {
  return { type: 'TaskProgressed', attempt, percent };
}
function finished(outcome: 'succeeded' | 'failed', status: number): TaskEvent {
  return { type: 'TaskFinished', attempt: 1, outcome, status, detail: 'd', result: null };
}

function reasonOf(events: readonly RecordedEvent[]) {
  try {
    foldTask(undefined, events);
  } catch (error) {
    if (error instanceof UnappliableEventError) return error.reason;
  }
  return 'applied';
}

describe('foldTask', () => {
  it('shows a task that waits as issued, with nothing else happened', () => {
    expect(foldTask(undefined, recorded())).toMatchObject({
      state: 'issued',
      issuedAt: 1_000,
      assignedAt: null,
      finishedAt: null,
      nodeId: null,
      outcome: null,
      status: 0,
      attempt: 0,
      version: 1,
    });
  });

  it('shows where and since when a task is assigned', () => {
    expect(foldTask(undefined, recorded(assigned(1)))).toMatchObject({
      state: 'assigned',
      assignedAt: 2_000,
      nodeId: nodeA,
      attempt: 1,
    });
  });

  it('shows a released task as waiting again, but keeps its attempt', () => {
    const released = { type: 'TaskReleased', attempt: 1, reason: 'drained' } as const;
    expect(foldTask(undefined, recorded(assigned(1), progressed(1, 40), released))).toMatchObject({
      state: 'issued',
      assignedAt: null,
      nodeId: null,
      progress: 0,
      attempt: 1,
      version: 4,
    });
  });

  it('shows a success as 100 percent done', () => {
    const events = recorded(assigned(1), progressed(1, 40), finished('succeeded', 200));
    expect(foldTask(undefined, events)).toMatchObject({
      state: 'finished',
      finishedAt: 4_000,
      progress: 100,
      outcome: 'succeeded',
      status: 200,
    });
  });

  it('leaves the progress of a failure where it was', () => {
    const events = recorded(assigned(1), progressed(1, 40), finished('failed', 500));
    expect(foldTask(undefined, events)).toMatchObject({ progress: 40, outcome: 'failed' });
  });

  it('agrees with the domain on every story', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (choices) => {
        const events = taskStory(choices);
        const log = createMemoryLog({ partitions: 1 });
        const row = foldTask(undefined, log.append(taskNumber(1), ...events));
        const state = foldState(events);
        expect(row?.state).toBe(state.status);
        expect(row?.version).toBe(state.version);
        expect(row?.attempt).toBe('attempt' in state ? state.attempt : 0);
        expect(row?.outcome ?? undefined).toBe('outcome' in state ? state.outcome : undefined);
      }),
    );
  });

  it('refuses an event whose forerunner is missing', () => {
    expect(reasonOf(recorded(assigned(1), progressed(1, 1)).filter((_, i) => i !== 1))).toBe(
      'version_gap',
    );
  });

  it('refuses an event that no release of ours can read', () => {
    const future = { type: 'Unreadable', reason: 'unknown_event', detail: '' } as const;
    expect(reasonOf(recorded(future))).toBe('unreadable');
  });

  it.each([
    ['an event after the finish', [finished('failed', 500), assigned(2)]],
    ['a second issue', issued === undefined ? [] : [issued]],
  ])('refuses %s', (_, events) => {
    expect(reasonOf(recorded(...events))).toBe('out_of_turn');
  });

  it('refuses a task that does not begin with its issue', () => {
    const [, second] = recorded(assigned(1));
    expect(reasonOf(second === undefined ? [] : [{ ...second, version: 1 }])).toBe('out_of_turn');
  });
});
