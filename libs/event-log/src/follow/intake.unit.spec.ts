import { parseTaskId } from '@greencloud/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../recorded-event.ts';
import { storyTenant } from '../testing/task-story.ts';
import { createIntake } from './intake.ts';

function at(position: number): RecordedEvent {
  return {
    partition: 0,
    position: BigInt(position),
    taskId: parseTaskId('6'.repeat(24)),
    version: position,
    eventId: '',
    commandId: '',
    tenantId: storyTenant,
    recordedAt: 0,
    event: { type: 'TaskProgressed', attempt: 1, percent: 0 },
  };
}

const positions = (events: readonly RecordedEvent[]) => events.map(({ position }) => position);

describe('intake', () => {
  it('hands out the event after the tail', () => {
    const intake = createIntake(4n, 10);
    expect(intake.offer(at(5))).toBe('queued');
    expect(positions(intake.take(10))).toEqual([5n]);
    expect(intake.tail).toBe(5n);
  });

  it('drops an event at or before the tail', () => {
    const intake = createIntake(4n, 10);
    expect(intake.offer(at(4))).toBe('duplicate');
    expect(intake.take(10)).toEqual([]);
  });

  it('drops an event that already waits', () => {
    const intake = createIntake(4n, 10);
    intake.offer(at(5));
    intake.offer(at(6));
    expect(intake.offer(at(5))).toBe('duplicate');
    expect(positions(intake.take(10))).toEqual([5n, 6n]);
  });

  it('holds back what comes after a gap until the log has filled it', () => {
    const intake = createIntake(4n, 10);
    expect(intake.offer(at(8))).toBe('gap');
    expect(intake.offer(at(9))).toBe('queued');
    expect(intake.take(10)).toEqual([]);
    intake.advance(at(7));
    expect(positions(intake.take(10))).toEqual([8n, 9n]);
  });

  it('keeps the part of the run that the log did not bring', () => {
    const intake = createIntake(0n, 10);
    intake.offer(at(3));
    intake.offer(at(4));
    intake.advance(at(3));
    expect(positions(intake.take(10))).toEqual([4n]);
  });

  it('drops the live run when the consumer is too slow, and asks for the log', () => {
    const intake = createIntake(0n, 2);
    intake.offer(at(1));
    intake.offer(at(2));
    expect(intake.offer(at(3))).toBe('overflow');
    expect(intake.waiting).toBe(0);
    expect(intake.take(10)).toEqual([]);
  });

  it('hands out no more than asked for', () => {
    const intake = createIntake(0n, 10);
    for (const position of [1, 2, 3]) intake.offer(at(position));
    expect(positions(intake.take(2))).toEqual([1n, 2n]);
    expect(positions(intake.take(2))).toEqual([3n]);
  });

  it('forgets a run beyond the head of the log, so that it hides no real event', () => {
    const intake = createIntake(4n, 10);
    intake.offer(at(1_000));
    intake.settle();
    expect(intake.offer(at(5))).toBe('queued');
  });

  it('knows its last event again, wherever it came from', () => {
    const intake = createIntake(4n, 10);
    expect(intake.offer({ ...at(4), eventId: 'any' })).toBe('duplicate');
    intake.offer({ ...at(5), eventId: 'live' });
    intake.take(10);
    expect(intake.offer({ ...at(5), eventId: 'live' })).toBe('duplicate');
    expect(intake.offer({ ...at(5), eventId: 'other' })).toBe('differs');
    intake.advance({ position: 6n, eventId: 'log' });
    expect(intake.offer({ ...at(6), eventId: 'log' })).toBe('duplicate');
    expect(intake.offer({ ...at(6), eventId: 'other' })).toBe('differs');
  });

  it('never hands out a hole, a repetition or a wrong order, whatever is offered', () => {
    const acts = fc.array(
      fc.oneof(
        fc.record({
          act: fc.constant('offer' as const),
          position: fc.integer({ min: 1, max: 30 }),
        }),
        fc.record({ act: fc.constant('take' as const), position: fc.integer({ min: 1, max: 5 }) }),
        fc.record({ act: fc.constant('log' as const), position: fc.integer({ min: 1, max: 30 }) }),
      ),
    );
    fc.assert(
      fc.property(acts, (steps) => {
        const intake = createIntake(0n, 8);
        let tail = 0n;
        for (const { act, position } of steps) {
          if (act === 'offer') intake.offer(at(position));
          if (act === 'log') {
            intake.advance(at(position));
            tail = tail > BigInt(position) ? tail : BigInt(position);
          }
          if (act !== 'take') continue;
          for (const event of intake.take(position)) {
            expect(event.position).toBe(tail + 1n);
            tail = event.position;
          }
        }
        expect(intake.tail).toBe(tail);
      }),
    );
  });
});
