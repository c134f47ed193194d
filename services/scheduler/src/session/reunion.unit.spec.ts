import { fold, type TaskEvent } from '@greencloud/domain';
import { createMemoryLog, storyNodes, taskStory } from '@greencloud/event-log/testing';
import { describe, expect, it } from 'vitest';
import { Board } from '../board/board.ts';
import { type HeldPhase, newHeld } from '../fleet/held.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { type Meeting, questions, reunite } from './reunion.ts';

const [me, other] = storyNodes;
const task = taskId(1);
const attempt = { taskId: task, attempt: 1 };

const [issued] = taskStory([]);
if (issued === undefined) throw new Error('no story');
const assigned = (nodeId = me): TaskEvent[] => [
  issued,
  { type: 'TaskAssigned', attempt: 1, nodeId, sessionEpoch: 1n },
];
const running = (nodeId = me): TaskEvent[] => [
  ...assigned(nodeId),
  { type: 'TaskProgressed', attempt: 1, percent: 0 },
];

function boardOf(events: TaskEvent[]) {
  const board = new Board();
  if (events.length > 0) {
    board.apply(createMemoryLog({ partitions: 1 }).append(task, ...events));
  }
  return new Map(board.tasksOf(me).map((each) => [each.taskId, each]));
}

function meeting(given: {
  running?: Meeting['running'];
  held?: HeldPhase;
  board?: TaskEvent[];
  previous?: Meeting['previous'];
  epoch?: bigint;
}): Meeting {
  const held = given.held && { ...newHeld(task, 0), attempt: 1, phase: given.held };
  return {
    nodeId: me,
    epoch: given.epoch ?? 2n,
    previous: given.previous ?? 1n,
    heldUnder: given.held === undefined ? 'none' : 1n,
    running: given.running ?? [],
    held: new Map(held === undefined ? [] : [[task, held]]),
    onBoard: boardOf(given.board ?? []),
  };
}

const truth = (events: TaskEvent[]) => new Map([[task, fold(events)]]);

describe('an attempt that the node still has', () => {
  const still = { running: [attempt] };

  it('is kept when we held it, without a question', () => {
    const given = meeting({ ...still, held: 'accepted' });
    expect(questions(given)).toEqual([]);
    expect(reunite(given, new Map()).keep).toHaveLength(1);
  });

  it('is adopted when the board says that it is the node’s, without a question', () => {
    const given = meeting({ ...still, board: running() });
    expect(questions(given)).toEqual([]);
    expect(reunite(given, new Map()).adopt).toEqual([attempt]);
  });

  it('is adopted when only the log knows yet', () => {
    const given = meeting(still);
    expect(questions(given)).toEqual([task]);
    expect(reunite(given, truth(assigned())).adopt).toEqual([attempt]);
  });

  it('is fenced when the log gave it to another node, or knows nothing of it', () => {
    const given = meeting(still);
    expect(reunite(given, truth(assigned(other))).fence).toEqual([attempt]);
    expect(reunite(given, new Map()).fence).toEqual([attempt]);
  });
});

describe('an attempt that the node does not have', () => {
  it('is sent again when it was never accepted', () => {
    expect(reunite(meeting({ held: 'sent' }), new Map()).resend).toHaveLength(1);
  });

  it('is lost when it was', () => {
    expect(reunite(meeting({ held: 'accepted' }), new Map()).lost).toMatchObject([attempt]);
    expect(reunite(meeting({ board: running() }), new Map()).lost).toEqual([attempt]);
  });

  it('is left alone while it binds or ends', () => {
    for (const phase of ['binding', 'ending'] as const) {
      const { lost, resend, fence, disown } = reunite(meeting({ held: phase }), new Map());
      expect([lost, resend, fence, disown]).toEqual([[], [], [], []]);
    }
  });

  it('is handed over when the log says that the node should have it', () => {
    const given = meeting({ board: assigned() });
    expect(questions(given)).toEqual([task]);
    expect(reunite(given, truth(assigned())).give).toHaveLength(1);
  });

  it.each([
    ['another session was between', 2n],
    ['the session that it was given to had ended', 'none'],
  ] as const)('is released, not begun, when %s', (_, previous) => {
    const given = meeting({ board: assigned(), previous, epoch: 3n });
    expect(questions(given)).toEqual([]);
    expect(reunite(given, truth(assigned()))).toMatchObject({ give: [], lost: [attempt] });
    const sent = meeting({ held: 'sent', previous, epoch: 3n });
    expect(reunite(sent, new Map())).toMatchObject({ resend: [], lost: [attempt] });
    const binding = meeting({ held: 'binding', previous, epoch: 3n });
    expect(reunite(binding, new Map()).disown).toHaveLength(1);
  });

  it('is left alone when a later session was given it: this one is late', () => {
    for (const board of [assigned(), running()]) {
      const given = meeting({ board, previous: 'none', epoch: 1n });
      expect(reunite(given, new Map())).toMatchObject({ give: [], lost: [] });
    }
  });

  it('is not run again when the board is behind and it has ended', () => {
    const end = { type: 'TaskFinished', attempt: 1, outcome: 'succeeded' } as const;
    const ended: TaskEvent[] = [...running(), { ...end, status: 200, detail: '', result: null }];
    expect(reunite(meeting({ board: assigned() }), truth(ended)).give).toEqual([]);
  });
});
