import { expect, it, vi } from 'vitest';
import { retry } from './retry.ts';

const failing = (times: number) => {
  let calls = 0;
  return vi.fn(async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  });
};

it('calls again until it succeeds', async () => {
  const fn = failing(3);
  expect(await retry(fn, { minMs: 0 })).toBe(4);
  expect(fn).toHaveBeenCalledTimes(4);
});

it('throws the last failure when the attempts are used up', async () => {
  await expect(retry(failing(9), { minMs: 0, attempts: 3 })).rejects.toThrow('failure 3');
});

it('throws at once what is not worth another call', async () => {
  const fn = failing(9);
  const retryable = (error: unknown) => !String(error).includes('failure 2');
  await expect(retry(fn, { minMs: 0, retryable })).rejects.toThrow('failure 2');
  expect(fn).toHaveBeenCalledTimes(2);
});

it('makes no call after its time', async () => {
  await expect(retry(failing(1e9), { minMs: 1, withinMs: 20 })).rejects.toThrow('failure');
});

it('waits at most twice as long each time, and never longer than maxMs', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  const waits: number[] = [];
  await retry(failing(5), { minMs: 1, maxMs: 6, onFailure: ({ waitMs }) => waits.push(waitMs) });
  random.mockRestore();
  expect(waits).toEqual([1, 2, 4, 6, 6]);
});

it('spreads the waits over the whole interval from zero', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  const waits: number[] = [];
  await retry(failing(2), { minMs: 60_000, onFailure: ({ waitMs }) => waits.push(waitMs) });
  random.mockRestore();
  expect(waits).toEqual([0, 0]);
});

it('ends with the reason of an abort, in the middle of a wait', async () => {
  const abort = new AbortController();
  const onFailure = () => abort.abort(new Error('stopping'));
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  const ended = retry(failing(9), {
    minMs: 60_000,
    maxMs: 60_000,
    signal: abort.signal,
    onFailure,
  });
  await expect(ended).rejects.toThrow('stopping');
  random.mockRestore();
});
