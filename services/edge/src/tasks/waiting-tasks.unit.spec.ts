import { parseTenantId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { createWaitingTasks } from './waiting-tasks.ts';

const tenant = parseTenantId('5f0000000000000000000001');
const other = parseTenantId('5f0000000000000000000002');
const refused = expect.objectContaining({ code: 'NO_QUOTA_AVAILABLE' });

/** A count that a test sets, and how often it was asked for. */
function counter(start: number) {
  const state = { value: start, asked: 0 };
  const count = () => {
    state.asked += 1;
    return Promise.resolve(state.value);
  };
  return { state, count };
}

describe('the tasks that wait', () => {
  it('are counted before the first, and those issued since are added', async () => {
    const { state, count } = counter(3);
    const waiting = createWaitingTasks({ max: 5, count, recountMs: 60_000 });
    await waiting.admit(tenant);
    await waiting.admit(tenant);
    await expect(waiting.admit(tenant)).rejects.toEqual(refused);
    expect(state.asked).toBe(1);
  });

  it('are counted for each tenant by itself', async () => {
    const { count } = counter(0);
    const waiting = createWaitingTasks({ max: 1, count, recountMs: 60_000 });
    await waiting.admit(tenant);
    await expect(waiting.admit(tenant)).rejects.toEqual(refused);
    await waiting.admit(other);
  });

  it('make room again when they have been taken', async () => {
    const { state, count } = counter(5);
    const waiting = createWaitingTasks({ max: 5, count, recountMs: 0 });
    await expect(waiting.admit(tenant)).rejects.toEqual(refused);
    state.value = 0;
    // The count is asked for behind the refusal, so the next but one sees it at the latest.
    await waiting.admit(tenant).catch(() => undefined);
    await waiting.admit(tenant);
  });

  it('are counted once for a thousand creates at once', async () => {
    const { state, count } = counter(0);
    const waiting = createWaitingTasks({ max: 10_000, count });
    await Promise.all(Array.from({ length: 1_000 }, () => waiting.admit(tenant)));
    expect(state.asked).toBe(1);
  });

  it('refuse nobody while they cannot be counted', async () => {
    const count = () => Promise.reject(new Error('away'));
    const waiting = createWaitingTasks({ max: 2, count, recountMs: 0 });
    for (let i = 0; i < 10; i += 1) {
      await waiting.admit(tenant);
      await new Promise(setImmediate);
    }
  });
});
