import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskCommand } from './commands.ts';
import { decide } from './decide.ts';
import { evolve, fold } from './evolve.ts';
import { initialState, maxNodeLosses, type TaskEvent, type TaskState } from './task.ts';
import { issue, nodeA, nodeB, otherTenant, tenant } from './task-fixtures.ts';

// Numbers are small on purpose: most commands then meet the state that they fit.
const attempt = fc.integer({ min: 0, max: 7 });
const nodeId = fc.constantFrom(nodeA, nodeB);
const ofAttempt = { attempt, nodeId };
const outcome = fc.constantFrom('succeeded', 'failed', 'timed_out', 'cancelled', 'expired', 'lost');
const reason = fc.constantFrom('node_lost', 'drained', 'refused', 'unacknowledged');
const constant = <const T>(value: T) => fc.constant(value);

const command: fc.Arbitrary<TaskCommand> = fc.oneof(
  fc.constant(issue),
  fc.record({
    type: constant('AssignTask'),
    expectedVersion: fc.integer({ min: 0, max: 20 }),
    nodeId,
    sessionEpoch: fc.constant(1n),
  }),
  fc.record({
    type: constant('ReportProgress'),
    ...ofAttempt,
    percent: fc.integer({ min: 0, max: 100 }),
  }),
  fc.record({
    type: constant('FinishTask'),
    ...ofAttempt,
    outcome,
    status: fc.constant(200),
    detail: fc.constant(''),
    result: fc.constant(null),
  }),
  fc.record({ type: constant('ReleaseTask'), ...ofAttempt, reason }),
  fc.record({ type: constant('ExpireTask'), attempt }),
  fc.record({ type: constant('CancelTask'), tenantId: fc.constantFrom(tenant, otherTenant) }),
);

/** Half of the commands are turned to the present attempt and version, so that runs get far. */
function fitting(candidate: TaskCommand, state: TaskState): TaskCommand {
  if (state.status === 'unknown') return candidate;
  if (candidate.type === 'AssignTask') return { ...candidate, expectedVersion: state.version };
  if (!('attempt' in candidate)) return candidate;
  const holder = 'nodeId' in state ? { nodeId: state.nodeId } : {};
  return { ...candidate, attempt: state.attempt, ...holder };
}

const step = fc.record({ command, fits: fc.boolean() });

function run(steps: { command: TaskCommand; fits: boolean }[]): TaskEvent[] {
  const events: TaskEvent[] = [];
  let state: TaskState = initialState;
  for (const { command: candidate, fits } of steps) {
    const decision = decide(fits ? fitting(candidate, state) : candidate, state);
    if (decision.kind !== 'accepted') continue;
    events.push(decision.event);
    state = evolve(state, decision.event);
  }
  return events;
}

const histories = fc.array(step, { minLength: 1, maxLength: 60 }).map(run);

function always(property: (events: TaskEvent[]) => void) {
  fc.assert(fc.property(histories, property), { numRuns: 2_000 });
}

const attempts = (events: TaskEvent[]) =>
  events.flatMap((e) => ('attempt' in e ? [e.attempt] : []));

describe('any sequence of commands', () => {
  it('never yields two finishes', () => {
    always((events) => {
      expect(events.filter((e) => e.type === 'TaskFinished').length).toBeLessThanOrEqual(1);
    });
  });

  it('never yields an event after the end', () => {
    always((events) => {
      const end = events.findIndex((e) => e.type === 'TaskFinished');
      if (end >= 0) expect(end).toBe(events.length - 1);
    });
  });

  it('never decreases the attempt', () => {
    always((events) => {
      const seen = attempts(events);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });
  });

  it('raises the attempt by one with each assignment', () => {
    always((events) => {
      const given = events.flatMap((e) => (e.type === 'TaskAssigned' ? [e.attempt] : []));
      expect(given).toEqual(given.map((_, i) => i + 1));
    });
  });

  it('never lets progress of an attempt go back', () => {
    always((events) => {
      const last = new Map<number, number>();
      for (const e of events) {
        if (e.type !== 'TaskProgressed') continue;
        expect(e.percent).toBeGreaterThan(last.get(e.attempt) ?? -1);
        last.set(e.attempt, e.percent);
      }
    });
  });

  it('ends at the fifth loss of a node', () => {
    always((events) => {
      const losses = events.filter(
        (e) =>
          e.type === 'TaskReleased' && (e.reason === 'node_lost' || e.reason === 'unacknowledged'),
      );
      expect(losses.length).toBeLessThan(maxNodeLosses);
    });
  });

  it('starts with the issue and folds to a version that counts its events', () => {
    always((events) => {
      if (events.length > 0) expect(events[0]?.type).toBe('TaskIssued');
      expect(fold(events).version).toBe(events.length);
    });
  });

  it('reaches every status, so that the properties above speak of real runs', () => {
    const reached = new Set<string>();
    always((events) => void reached.add(fold(events).status));
    expect([...reached].toSorted()).toEqual([
      'assigned',
      'finished',
      'issued',
      'running',
      'unknown',
    ]);
  });
});

describe('a damaged log', () => {
  it('is named rather than folded', () => {
    const { type: _, ...rest } = issue;
    const issued: TaskEvent = { type: 'TaskIssued', ...rest };
    expect(() => fold([issued, issued])).toThrow('issued twice');
    expect(() => fold([{ type: 'TaskProgressed', attempt: 1, percent: 1 }])).toThrow('unknown');
  });
});
