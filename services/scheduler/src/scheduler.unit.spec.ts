import type { ReportBody, ToNode } from './fleet/messages.ts';
import { describe, expect, it } from 'vitest';
import { noDemand, nodeId } from './placement/placement-fixtures.ts';
import { taskId } from './queue/queue-fixtures.ts';
import {
  issueInMemory,
  memoryOutside,
  memoryReplica,
  memoryScheduler,
  openSession,
  type TestSession,
} from './testing/memory-scheduler.ts';

const task = taskId(1);
const finish = {
  kind: 'finish',
  outcome: 'succeeded',
  status: 200,
  detail: '',
  result: undefined,
} as const;

const cancelled = {
  type: 'TaskFinished',
  attempt: 0,
  outcome: 'cancelled',
  status: 499,
  detail: '',
  result: null,
} as const;

function of<K extends ToNode['kind']>(messages: ToNode[], kind: K) {
  return messages.filter(
    (message): message is Extract<ToNode, { kind: K }> => message.kind === kind,
  );
}

const assigned = (messages: ToNode[]) =>
  of(messages, 'assignments').flatMap(({ assignments }) =>
    assignments.map((each) => [each.taskId, each.attempt] as const),
  );

describe('binding', () => {
  it('tells the node in the moment of the answer', async () => {
    const { connect, issue, world } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[task, 1]]);
  });

  it('asks again with the same command when the answer was lost, and binds once', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost', 'refused', 'lost');
    issue(task);
    await world.pass(10_000);
    expect(assigned(node.take())).toEqual([[task, 1]]);
    expect(new Set(commands.calls.flat().map(({ commandId }) => commandId)).size).toBe(1);
    expect(commands.history(task).map(({ type }) => type)).toEqual(['TaskIssued', 'TaskAssigned']);
  });

  it('keeps the slot while the answer is unknown: nothing else takes it', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    await connect(nodeId(1));
    commands.fates.push(...Array(50).fill('refused'));
    issue(task);
    issue(taskId(2));
    await world.pass(1_000);
    expect(new Set(commands.calls.flat().map((command) => command.taskId))).toEqual(
      new Set([task]),
    );
  });

  it('frees the slot at a conflict and goes on with the next task', async () => {
    const { connect, issue, world, commands, board } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.onEvents = () => undefined;
    issue(task);
    issue(taskId(2));
    // The board does not know yet what another replica has done.
    const waiting = commands.log.events(0).concat(...[1, 2, 3].map((p) => commands.log.events(p)));
    await commands.assign([
      { commandId: 'other', taskId: task, expectedVersion: 1, nodeId: nodeId(9), sessionEpoch: 1n },
    ]);
    board.apply(waiting);
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(2), 1]]);
  });

  it('does not tell a node of a task that was cancelled while it was bound', async () => {
    const { connect, issue, world, commands, fleet } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    const { onEvents } = commands;
    commands.onEvents = (events) => {
      onEvents(events);
      if (events[0]?.event.type !== 'TaskAssigned') return;
      const cancelled = { type: 'TaskFinished', attempt: 1, outcome: 'cancelled' } as const;
      onEvents(commands.log.append(task, { ...cancelled, status: 499, detail: '', result: null }));
    };
    await world.pass(0);
    expect(assigned(node.take())).toEqual([]);
    expect(fleet.get(nodeId(1))?.busy).toBe(0);
  });

  it('leaves a task to the node that brings it from another replica before the board knows', async () => {
    const { connect, issue, world, commands, board, fleet } = memoryScheduler();
    const node = await connect(nodeId(1), { slots: 2 });
    commands.onEvents = () => undefined;
    issue(task);
    const issued = [0, 1, 2, 3].flatMap((p) => [...commands.log.events(p)]);
    const bound = { commandId: 'other', taskId: task, expectedVersion: 1 };
    await commands.assign([{ ...bound, nodeId: nodeId(1), sessionEpoch: 1n }]);
    const { session } = await connect(nodeId(1), { slots: 2 }, [{ taskId: task, attempt: 1 }]);
    board.apply(issued);
    await world.pass(0);
    expect(commands.calls.flat().map(({ commandId }) => commandId)).toEqual(['other']);
    expect([session.node.busy, fleet.holderOf(task)?.held.attempt]).toEqual([1, 1]);
    expect(node.session.isPresent).toBe(false);
  });

  it('gives a slot back once for each attempt, also when one takes the place of another', async () => {
    const { connect, fleet } = memoryScheduler();
    const { session } = await connect(nodeId(1), { slots: 2 });
    const first = fleet.reserve(session.node, task, 0);
    const second = fleet.reserve(session.node, task, 0);
    fleet.drop(session.node, first);
    expect(session.node.busy).toBe(1);
    fleet.drop(session.node, second);
    expect(session.node.busy).toBe(0);
  });
});

describe('tasks of much memory', () => {
  const large = { capabilities: { ...noDemand, memSize: 2_048 } };
  const eight = { slots: 8, memSize: 6_144 };
  const ids = Array.from({ length: 8 }, (_, index) => taskId(index + 1));

  it('spread over the nodes as their memory allows, and the others wait for it', async () => {
    const { connect, issue, world, board } = memoryScheduler();
    const nodes = [await connect(nodeId(1), eight), await connect(nodeId(2), eight)];
    for (const id of ids) issue(id, large);
    await world.pass(0);
    const given = nodes.map((node) => assigned(node.take()));
    expect(given.map(({ length }) => length)).toEqual([3, 3]);
    const [first] = given[0] ?? [];
    if (first === undefined) throw new Error('nothing given');
    void nodes[0]?.report({ taskId: first[0], attempt: first[1] }, finish);
    await world.pass(0);
    expect(nodes.map((node) => assigned(node.take()).length)).toEqual([1, 0]);
    expect(board.waiting).toBe(1);
  });

  it('count as much when their node is back, at a replica that is new', async () => {
    const outside = memoryOutside();
    const { commands, world } = outside;
    const [first, second] = [memoryReplica(outside), memoryReplica(outside)];
    commands.onEvents = (events) => [first, second].forEach(({ board }) => board.apply(events));
    const node = await openSession(first, nodeId(1), eight);
    for (const id of ids) issueInMemory(commands, id, large);
    await world.pass(0);
    const running = assigned(node.take()).map(([id, attempt]) => ({ taskId: id, attempt }));
    first.sessions.broke(node.session, 'test');
    const back = await openSession(second, nodeId(1), eight, running);
    await world.pass(1_000);
    expect([running.length, back.session.node.busy]).toEqual([3, 8]);
    expect(assigned(back.take())).toEqual([]);
  });

  it('are counted anew when their node is back with less memory', async () => {
    const { connect, issue, world } = memoryScheduler();
    const node = await connect(nodeId(1), eight);
    for (const id of ids) issue(id, large);
    await world.pass(0);
    const running = assigned(node.take()).map(([id, attempt]) => ({ taskId: id, attempt }));
    const back = await connect(nodeId(1), { slots: 4, memSize: 2_048 }, running);
    expect(back.session.node.busy).toBe(12);
  });

  it('hold no node back once they are cancelled', async () => {
    const { connect, issue, world, commands, board } = memoryScheduler();
    const node = await connect(nodeId(1), { slots: 2, memSize: 2_048 });
    issue(taskId(1));
    await world.pass(0);
    issue(taskId(2), large);
    issue(taskId(3));
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(1), 1]]);
    board.apply(commands.log.append(taskId(2), cancelled));
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(3), 1]]);
  });
});

describe('lookahead', () => {
  const ids = Array.from({ length: 20 }, (_, index) => taskId(index + 1));

  async function busyNode(most: number) {
    const parts = memoryScheduler();
    const node = await parts.connect(nodeId(1), { slots: 1, lookahead: most });
    for (const id of ids) parts.issue(id);
    const { world } = parts;
    await world.pass(0);
    /** Ends what it was given first after so many ms; answers what it is given then. */
    const given = assigned(node.take());
    const end = async (ms: number, body: ReportBody = finish) => {
      const [first] = given.splice(0, 1);
      if (first === undefined) throw new Error('nothing to end');
      await world.pass(ms);
      void node.report({ taskId: first[0], attempt: first[1] }, body);
      await world.pass(0);
      given.push(...assigned(node.take()));
      return given.length;
    };
    return { ...parts, end };
  }

  it('gives a node more than its slots while its tasks end quickly, up to what it takes', async () => {
    const { end } = await busyNode(3);
    const held = [];
    for (let task = 0; task < 6; task++) held.push(await end(5));
    expect(held).toEqual([2, 3, 4, 4, 4, 4]);
  });

  it('gives no more than the slots to a node that does not look ahead', async () => {
    const { end } = await busyNode(0);
    expect([await end(5), await end(5)]).toEqual([1, 1]);
  });

  it('takes it back when tasks are slow, and all of it when one is returned', async () => {
    const { end } = await busyNode(8);
    for (let task = 0; task < 8; task++) await end(1);
    // Nothing new until the node holds no more than it may.
    expect([await end(200), await end(0)]).toEqual([8, 7]);
    expect(await end(0, { kind: 'returned' })).toBe(6);
  });

  it('leaves a returned task waiting for its next node, and the node in service', async () => {
    const { end, board, fleet } = await busyNode(8);
    await end(1);
    await end(1, { kind: 'returned' });
    expect(fleet.get(nodeId(1))?.drains).toBe('no');
    expect(board.get(taskId(2))?.state).toMatchObject({ attempt: expect.any(Number) });
  });

  it('begins anew after a pause', async () => {
    const { end, issue, world, fleet } = await busyNode(8);
    for (let task = 0; task < 20; task++) await end(1);
    await world.pass(2_000);
    for (const id of [31, 32, 33]) issue(taskId(id));
    await world.pass(0);
    expect(fleet.get(nodeId(1))?.busy).toBe(1);
  });
});

describe('reports', () => {
  it('are acknowledged in order, and only when they are in the log', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    node.take();
    commands.fates.push('refused', 'lost');
    const attempt = { taskId: task, attempt: 1 };
    void node.report(attempt, { kind: 'accepted' }, { kind: 'progress', percent: 0 }, finish);
    await world.pass(0);
    expect(of(node.take(), 'report-acks').map(({ upTo }) => upTo)).toEqual([1n]);
    await world.pass(5_000);
    expect(of(node.take(), 'report-acks').map(({ upTo }) => upTo)).toEqual([3n]);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskProgressed',
      'TaskFinished',
    ]);
  });

  it('free the slot when a finish is heard, before it is in the log', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    issue(taskId(2));
    void node.report({ taskId: task, attempt: 1 }, { kind: 'accepted' }, finish);
    commands.fates.push('refused');
    await world.pass(0);
    expect(assigned(node.take())).toContainEqual([taskId(2), 1]);
  });
});

describe('a node that names attempts which nobody gave it', () => {
  const strangers = Array.from({ length: 11_000 }, (_, number) => taskId(1_000 + number));

  async function nameAll(node: TestSession, meanwhile: () => void): Promise<void> {
    for (const stranger of strangers) {
      await node.report({ taskId: stranger, attempt: 1 }, { kind: 'accepted' });
      meanwhile();
    }
  }

  it('loses its session when it does not read the answers', async () => {
    const { connect } = memoryScheduler();
    const node = await connect(nodeId(1));
    await expect(nameAll(node, () => undefined)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(node.session.node.outbox.state).toBe('ended');
    expect(node.session.node.outbox.stops).toBeLessThan(strangers.length);
  });

  it('is told to stop each, while it reads: the control', async () => {
    const { connect } = memoryScheduler();
    const node = await connect(nodeId(1));
    const told: ToNode[] = [];
    await nameAll(node, () => told.push(...node.take()));
    const fenced = of(told, 'fencings').flatMap(({ attempts }) => attempts);
    expect(fenced.map((attempt) => attempt.taskId)).toEqual(strangers);
  });
});

describe('a stream that breaks', () => {
  it('while a binding is in flight brings the task to the next session', async () => {
    const { connect, issue, world, commands, sessions } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost');
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    const back = await connect(nodeId(1));
    await world.pass(5_000);
    expect(assigned(back.take())).toEqual([[task, 1]]);
  });

  it('and does not come back releases what it had, also what binds late', async () => {
    const { connect, issue, world, commands, sessions, fleet } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost', 'refused');
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    await sessions.lose(node.session.node);
    expect(fleet.size).toBe(0);
    await world.pass(5_000);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskReleased',
    ]);
  });

  it('and mends while the loss is on its way to the log begins nothing that is lost', async () => {
    const { connect, issue, world, commands, sessions } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    commands.fates.push('refused', 'refused');
    await sessions.lose(node.session.node);
    const back = await connect(nodeId(1));
    await world.pass(0);
    expect(assigned(back.take())).toEqual([]);
    await world.pass(5_000);
    expect(assigned(back.take())).toEqual([[task, 2]]);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskReleased',
      'TaskAssigned',
    ]);
  });
});
