import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskNumber } from '../testing/stories.ts';
import { createVersionJoin } from './version-join.ts';

// Issued, assigned, progressed 4, finished.
const stream: RecordedEvent[] = createMemoryLog({ partitions: 1 }).append(
  taskNumber(1),
  ...taskStory([0, 4, 2]),
);
const versions = (events: readonly RecordedEvent[]) => events.map(({ version }) => version);

describe('versionJoin', () => {
  it('tells the history after a version', () => {
    const join = createVersionJoin(1);
    join.history(stream.slice(0, 3));
    expect(versions(join.take())).toEqual([2, 3]);
    expect(join.state).toBe('open');
  });

  it('is finished when the finish was told before', () => {
    const join = createVersionJoin(4);
    join.history(stream);
    expect(join.take()).toEqual([]);
    expect(join.state).toBe('finished');
  });

  it('tells each version once and in order, however live and history are mixed', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('live' as const), at: fc.nat(3) }),
        fc.record({ kind: fc.constant('history' as const), at: fc.nat(4) }),
      ),
    );
    fc.assert(
      fc.property(steps, fc.nat(4), (acts, after) => {
        const join = createVersionJoin(after);
        const told: number[] = [];
        for (const { kind, at } of acts) {
          const event = stream[at];
          if (kind === 'history') join.history(stream.slice(0, at));
          else if (event !== undefined) join.live(event);
          told.push(...versions(join.take()));
        }
        join.history(stream);
        told.push(...versions(join.take()));
        expect(told).toEqual(versions(stream).filter((version) => version > after));
      }),
    );
  });
});
