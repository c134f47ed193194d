import { describe, expect, it } from 'vitest';
import type { Draft } from './draft.ts';
import { draft, newTaskId } from './log-fixtures.ts';
import { kinds, useLog } from './partition-fixtures.ts';

const { partition } = useLog();

describe('a command sent again', () => {
  it('is a duplicate, whatever version it expects', async () => {
    const p = partition();
    const task = newTaskId();
    const first = draft(task, 0);
    await p.append(first, draft(task, 1));
    for (const again of [first, { ...first, expectedVersion: 2 }]) {
      expect(await p.append(again)).toEqual([{ kind: 'duplicate', version: 1, taskId: task }]);
    }
    expect(await p.head()).toBe(2n);
  });

  it('is in conflict with itself within one batch', async () => {
    const p = partition();
    const first = draft(newTaskId(), 0);
    expect(kinds(await p.append(first, { ...first, expectedVersion: 1 }))).toEqual([
      'accepted',
      'conflict',
    ]);
  });

  it('may be the command of another stream', async () => {
    const p = partition();
    const first = draft(newTaskId(), 0);
    expect(kinds(await p.append(first, { ...first, taskId: newTaskId() }))).toEqual([
      'accepted',
      'accepted',
    ]);
  });
});

describe('an idempotency key', () => {
  const requestHash = Buffer.alloc(32, 1);
  const keyed = (key: string, other: Partial<Draft> = {}) =>
    draft(newTaskId(), 0, { idempotency: { key, requestHash }, ...other });

  it('gives the task it has issued to the same request', async () => {
    const p = partition();
    const first = keyed('a');
    await p.append(first);
    const outcome = { kind: 'replayed', taskId: first.taskId };
    expect(await p.append(keyed('a'), keyed('a'))).toEqual([outcome, outcome]);
  });

  it('tells the first command from another one', async () => {
    const p = partition();
    const first = keyed('b');
    await p.append(first);
    expect(await p.append({ ...keyed('b'), commandId: first.commandId })).toEqual([
      { kind: 'duplicate', version: 1, taskId: first.taskId },
    ]);
  });

  it('is refused to another request', async () => {
    const p = partition();
    await p.append(keyed('c'));
    const other = { key: 'c', requestHash: Buffer.alloc(32, 2) };
    expect(await p.append(keyed('c', { idempotency: other }))).toEqual([{ kind: 'key_reused' }]);
  });

  it('belongs to its tenant', async () => {
    const p = partition();
    const foreign = { tenantId: 'someone-else' as Draft['tenantId'] };
    expect(kinds(await p.append(keyed('d'), keyed('d', foreign)))).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  it('issues once within one batch', async () => {
    const p = partition();
    expect(kinds(await p.append(keyed('e'), keyed('e')))).toEqual(['accepted', 'conflict']);
  });

  it('is not used up by a command in conflict', async () => {
    const p = partition();
    const taken = newTaskId();
    await p.append(draft(taken, 0));
    const outcomes = await p.append(keyed('f', { taskId: taken }));
    expect(kinds(outcomes)).toEqual(['conflict']);
    expect(kinds(await p.append(keyed('f')))).toEqual(['accepted']);
  });
});
