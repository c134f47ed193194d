import type { TaskEvent } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, storyNodes, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskId } from '../queue/queue-fixtures.ts';
import { Board } from './board.ts';
import type { BoardChange } from './board-change.ts';
import { realWorld } from '../world.ts';
import { loadBoard } from './load-board.ts';
import type { OpenTask } from './open-task.ts';

const stories = fc.array(fc.array(fc.nat(1_000), { maxLength: 20 }), { maxLength: 8 });

/** The stories in one log, their events interleaved. */
function logOf(choices: number[][]) {
  const log = createMemoryLog({ partitions: 2, now: () => 1_000 });
  const streams = choices.map((each) => taskStory(each));
  const events: RecordedEvent[] = [];
  for (let i = 0; streams.some((stream) => stream.length > i); i++) {
    streams.forEach((stream, number) => {
      const event = stream[i];
      if (event !== undefined) events.push(...log.append(taskId(number), event));
    });
  }
  return { log, events };
}

const { signal } = new AbortController();

const picture = (board: Board): [string, OpenTask][] =>
  [...board.tasks()]
    .map((task) => [task.taskId as string, task] as [string, OpenTask])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('the board', () => {
  it('is the same when built from the open tasks and when followed from the start', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (choices) => {
        const { log, events } = logOf(choices);
        const followed = new Board();
        followed.apply(events);
        const loaded = new Board();
        await loadBoard({ world: realWorld, board: loaded, log, signal });
        expect(picture(loaded)).toEqual(picture(followed));
        expect([loaded.held, loaded.waiting]).toEqual([followed.held, followed.waiting]);
      }),
    );
  });

  it('is the same when events come again', () => {
    fc.assert(
      fc.property(stories, (choices) => {
        const { events } = logOf(choices);
        const [once, twice] = [new Board(), new Board()];
        once.apply(events);
        for (const event of events) twice.apply([event, event]);
        expect(picture(twice)).toEqual(picture(once));
      }),
    );
  });

  it('knows of each node which tasks it has', () => {
    fc.assert(
      fc.property(stories, (choices) => {
        const board = new Board();
        board.apply(logOf(choices).events);
        const held = storyNodes.flatMap((node) => board.tasksOf(node).map((task) => task.taskId));
        const expected = [...board.tasks()].filter(({ state }) => state.status !== 'issued');
        expect(held.toSorted()).toEqual(expected.map((task) => task.taskId).toSorted());
        expect(board.held).toBe(expected.length);
      }),
    );
  });
});

const [node] = storyNodes;

function told(...events: (TaskEvent | RecordedEvent['event'])[]) {
  const log = createMemoryLog({ partitions: 1, now: () => 5_000 });
  const board = new Board();
  const changes: BoardChange[] = [];
  board.listen((change) => changes.push(change));
  board.apply(log.append(taskId(1), ...events));
  return { board, changes, kinds: changes.map(({ kind }) => kind) };
}

const [issued] = taskStory([]);
const assigned: TaskEvent = { type: 'TaskAssigned', attempt: 1, nodeId: node, sessionEpoch: 7n };
const progressed: TaskEvent = { type: 'TaskProgressed', attempt: 1, percent: 0 };
const released = (reason: 'refused' | 'node_lost'): TaskEvent => ({
  type: 'TaskReleased',
  attempt: 1,
  reason,
});

describe('its listeners', () => {
  if (issued === undefined) throw new Error('no story');

  it('are told what each event did to a task', () => {
    const { kinds } = told(issued, assigned, progressed, released('node_lost'));
    expect(kinds).toEqual(['waiting', 'held', 'held', 'waiting']);
  });

  it('learn of the node that refused a task, for a while', () => {
    const { board } = told(issued, assigned, released('refused'));
    expect(board.get(taskId(1))?.bans).toEqual([{ nodeId: node, until: 35_000 }]);
    const lost = told(issued, assigned, released('node_lost'));
    expect(lost.board.get(taskId(1))?.bans).toEqual([]);
  });

  it('see since when a task has its node, not since its last progress', () => {
    const { board } = told(issued, assigned, progressed);
    expect(board.get(taskId(1))).toMatchObject({ since: 5_000, sessionEpoch: 7n });
  });
});

describe('an event that cannot be read', () => {
  if (issued === undefined) throw new Error('no story');
  const unreadable = { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' } as const;

  it('parks its task and no other', () => {
    const { board, changes } = told(issued, unreadable, assigned);
    expect(changes.at(-1)).toMatchObject({ kind: 'parked', problem: 'v9' });
    expect([board.size, board.parked]).toEqual([0, 1]);
    const finished = { type: 'TaskFinished', attempt: 1, outcome: 'failed' } as const;
    const ended = told(issued, unreadable, { ...finished, status: 500, detail: '', result: null });
    expect(ended.board.parked).toBe(0);
  });

  it('parks also a task whose events do not follow each other', () => {
    expect(told(issued, progressed).kinds).toEqual(['waiting', 'parked']);
  });
});
