import type { TaskIssued } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import type { Scheduler } from '../scheduler.ts';
import { noteLastSeen } from '../sweep/note-last-seen.ts';
import { releaseOrphans } from '../sweep/release-orphans.ts';
import { watchNodes } from '../sweep/watch-nodes.ts';
import {
  issueInMemory,
  limits,
  type MemoryOutside,
  memoryOutside,
  memoryReplica,
  openSession,
  type TestSession,
} from '../testing/memory-scheduler.ts';
import { assigned } from '../testing/node-messages.ts';

const task = taskId(1);
const me = nodeId(1);

/** Two replicas whose boards hear of each event in the moment of its append, and one task at a node of the first. */
async function bound(issued: Partial<TaskIssued> = {}) {
  const outside = memoryOutside();
  const { world, commands, store } = outside;
  const [first, second] = [memoryReplica(outside), memoryReplica(outside)];
  commands.onEvents = (events) => {
    first.board.apply(events);
    second.board.apply(events);
  };
  const node = await openSession(first, me);
  issueInMemory(commands, task, issued);
  await world.pass(0);
  expect(begun(node)).toEqual([1]);
  const { board, fleet, recorder } = second;
  const orphans = releaseOrphans({
    ...limits,
    world,
    board,
    fleet,
    recorder,
    silenceOf: (ids) => store.silenceOf(ids),
    endSilent: (ids, silentMs) => store.endSilent(ids, silentMs),
    strayAfterMs: limits.lostAfterMs,
    everyMs: 5_000,
  });
  const seen = noteLastSeen({
    world,
    store,
    fleet: first.fleet,
    sessions: first.sessions,
    everyMs: limits.heartbeatMs,
  });
  const watchFor = watching(first, outside);
  const types = () => commands.history(task).map(({ type }) => type);
  return { ...outside, first, second, node, orphans, seen, watchFor, types };
}

/** Looks once a second, as a replica does: one that has not looked for long believes that it stood still. */
function watching({ fleet, sessions }: Scheduler, { world, store }: MemoryOutside) {
  const watch = watchNodes({
    ...limits,
    world,
    store,
    fleet,
    sessions,
    onVerdict: () => undefined,
  });
  return async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await watch.run();
      await world.pass(1_000);
    }
    await watch.run();
    await world.pass(0);
  };
}

/** The attempts that it was told to begin since the last look. */
function begun(node: TestSession): number[] {
  return assigned(node.take()).map(([, attempt]) => attempt);
}

describe('an attempt of which its node never heard', () => {
  it('is given by the session that follows, at whichever replica: the control', async () => {
    const { second, world } = await bound();
    const back = await openSession(second, me);
    await world.pass(0);
    expect(begun(back)).toEqual([1]);
  });

  it('is released by that one when its payload cannot be read, and nothing worse comes of it', async () => {
    const payload = { size: 5, contentType: 'text/plain', hash: '' };
    const outside = await bound({ payload });
    const { second, commands, types } = outside;
    commands.log.getPayload = () => Promise.reject(new Error('the log is away'));
    const back = await openSession(second, me);
    await watching(second, outside)(6);
    expect(begun(back)).toEqual([]);
    expect(types()).toEqual(['TaskIssued', 'TaskAssigned', 'TaskReleased']);
  });

  it('is not begun after its session was lost, however late the log hears of that', async () => {
    const { first, second, world, commands, node, types } = await bound();
    commands.fates.push('refused', 'refused', 'refused');
    await first.sessions.lose(node.session.node);
    const back = await openSession(second, me);
    await world.pass(0);
    expect(begun(back)).toEqual([]);
    await world.pass(10_000);
    expect(types().slice(0, 3)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskReleased']);
  });

  it('is not begun by the session after the next, which may not know that it is released', async () => {
    const { first, second, world, commands, types } = await bound();
    await openSession(second, me);
    commands.fates.push('refused', 'refused', 'refused');
    const back = await openSession(first, me);
    await world.pass(0);
    expect(begun(back)).toEqual([]);
    await world.pass(10_000);
    expect(types().slice(0, 3)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskReleased']);
  });

  it('is not begun after the other replica has swept it', async () => {
    const { first, world, commands, node, orphans } = await bound();
    first.sessions.broke(node.session, 'test');
    await world.pass(31_000);
    commands.fates.push(...Array.from({ length: 6 }, () => 'refused' as const));
    void orphans.run();
    await world.pass(0);
    const back = await openSession(first, me);
    await world.pass(0);
    expect(begun(back)).toEqual([]);
  });

  it('is given when the node came back before the sweep: the control', async () => {
    const { second, world, orphans, types } = await bound();
    await world.pass(31_000);
    const back = await openSession(second, me);
    await orphans.run();
    await world.pass(0);
    expect(begun(back)).toEqual([1]);
    expect(types()).toEqual(['TaskIssued', 'TaskAssigned']);
  });
});

describe('an attempt that its node has not accepted in time', () => {
  const given = ['TaskIssued', 'TaskAssigned'];

  it('is released: the control', async () => {
    const { node, watchFor, types } = await bound();
    await watchFor(5);
    expect(types()).toEqual(given);
    await watchFor(1);
    expect(types().slice(0, 3)).toEqual([...given, 'TaskReleased']);
    expect(node.take().some(({ kind }) => kind === 'fencings')).toBe(true);
  });

  it('is not, when another replica has the node and the attempt by now', async () => {
    const { second, world, node, watchFor, types } = await bound();
    await watchFor(4);
    const back = await openSession(second, me);
    await world.pass(0);
    expect(begun(back)).toEqual([1]);
    await watchFor(4);
    expect(types()).toEqual(given);
    expect(node.session.isPresent).toBe(false);
  });

  it('is not, when the node has run it at another replica since before', async () => {
    const { second, watchFor, types } = await bound();
    const back = await openSession(second, me, {}, [{ taskId: task, attempt: 1 }]);
    await watchFor(6);
    expect(types()).toEqual(given);
    expect(back.session.node.held.get(task)).toMatchObject({ attempt: 1, phase: 'accepted' });
  });

  it('is not, when nobody says who has the node', async () => {
    const { store, watchFor, types } = await bound();
    store.touch = () => Promise.reject(new Error('no answer'));
    await expect(watchFor(6)).rejects.toThrow('no answer');
    expect(types()).toEqual(given);
  });

  it('is not, when it was accepted while that was asked', async () => {
    const { store, node, watchFor, types } = await bound();
    const touch = store.touch.bind(store);
    store.touch = async (seen) => {
      await node.report({ taskId: task, attempt: 1 }, { kind: 'accepted' });
      return touch(seen);
    };
    await watchFor(6);
    expect(types()).toEqual(given);
  });

  it('costs a question only then', async () => {
    const { store, node, watchFor } = await bound();
    store.touch = () => Promise.reject(new Error('asked'));
    await node.report({ taskId: task, attempt: 1 }, { kind: 'accepted' });
    await watchFor(8);
  });
});

describe('a session that another replica has ended', () => {
  it('ends here too, and the node begins anew with what it runs', async () => {
    const { first, world, store, node, seen } = await bound();
    await store.end({ nodeId: me, epoch: 1n });
    await seen.run();
    expect(node.session.isPresent).toBe(false);
    const back = await openSession(first, me, {}, [{ taskId: task, attempt: 1 }]);
    await world.pass(0);
    expect(back.take().some(({ kind }) => kind === 'fencings')).toBe(false);
    expect(back.session.node.held.get(task)).toMatchObject({ attempt: 1, phase: 'accepted' });
  });

  it('is not taken for one that this replica is ending', async () => {
    const { first, world, store, node, seen, types } = await bound();
    first.sessions.broke(node.session, 'test');
    const end = store.end.bind(store);
    const answer = Promise.withResolvers<void>();
    store.end = async (session) => {
      const outcome = await end(session);
      await answer.promise;
      return outcome;
    };
    const losing = first.sessions.lose(node.session.node);
    await seen.run();
    answer.resolve();
    await losing;
    await world.pass(0);
    expect(types().slice(0, 3)).toEqual(['TaskIssued', 'TaskAssigned', 'TaskReleased']);
  });
});
