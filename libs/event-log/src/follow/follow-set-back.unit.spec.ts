import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../recorded-event.ts';
import { startFollower, taskOf } from '../testing/memory-follower.ts';
import { createMemoryLog, type MemoryLog } from '../testing/memory-log.ts';
import { taskStory } from '../testing/task-story.ts';
import type { FollowOptions } from './follow-options.ts';
import { LogSetBackError } from './log-set-back-error.ts';

/** The ids of the memory's events tell their position alone. */
function other(event: RecordedEvent): RecordedEvent {
  return { ...event, eventId: `other-${event.eventId}` };
}

function restored(log: MemoryLog): FollowOptions['reader'] {
  return {
    getLog: () => log.getLog(),
    async *readPartition(partition, after) {
      for await (const events of log.readPartition(partition, after)) yield events.map(other);
    },
  };
}

describe('follow', () => {
  it('ends when the log was set back: its next events would be taken for old ones', async () => {
    const test = startFollower({ from: 3n });
    test.append(2);
    const ended = expect(test.ended).rejects.toThrow(LogSetBackError);
    await test.settle();
    await ended;
    expect(test.applied).toEqual([]);
  });

  it.each(['a look at it', 'a message with the event at its end'])(
    'ends when another log has passed it, at %s',
    async (sign) => {
      const logs = [createMemoryLog({ partitions: 1 }), createMemoryLog({ partitions: 1 })];
      const [before, after] = logs;
      if (before === undefined || after === undefined) throw new Error('no logs');
      let now: FollowOptions['reader'] = before;
      const test = startFollower({
        reader: {
          getLog: () => now.getLog(),
          readPartition: (partition, from) => now.readPartition(partition, from),
        },
      });
      before.append(taskOf(1), ...taskStory([0]));
      await test.settle();
      expect(test.applied).toEqual([1n, 2n]);
      after.append(taskOf(2), ...taskStory([0, 4, 2]));
      now = restored(after);
      const ended = expect(test.ended).rejects.toThrow(LogSetBackError);
      const second = after.events(0).slice(1, 2).map(other);
      if (sign === 'a look at it') await test.settle();
      else test.bus.deliver(...second);
      await ended;
      expect(test.applied).toEqual([1n, 2n]);
    },
  );
});
