import { expect, it, vi } from 'vitest';
import { type BatcherOptions, createBatcher } from './batcher.ts';

type Answer = (results: readonly (string | Error)[]) => void;

/** A batcher whose batches stay in flight until the test answers them. */
function gated(options: Partial<BatcherOptions<string, string>> = {}) {
  const batches: { items: string[]; answer: Answer; fail: (error: Error) => void }[] = [];
  const batcher = createBatcher<string, string>({
    run: (items) =>
      new Promise((answer, fail) => {
        batches.push({ items, answer, fail });
      }),
    maxItems: 256,
    maxWaiting: 1_000,
    ...options,
  });
  const answerLast = () => {
    const batch = batches.at(-1);
    batch?.answer(batch.items.map((item) => item.toUpperCase()));
  };
  return { batcher, batches, answerLast, sent: () => batches.map(({ items }) => items) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('sends the first item without waiting and gathers the next batch meanwhile', async () => {
  const { batcher, sent, answerLast } = gated();
  const first = batcher.submit('a');
  await tick();
  const rest = ['b', 'c'].map((item) => batcher.submit(item));
  await tick();
  expect(sent()).toEqual([['a']]);
  expect([batcher.inFlight, batcher.waiting]).toEqual([1, 2]);
  answerLast();
  expect(await first).toBe('A');
  await tick();
  expect(sent()).toEqual([['a'], ['b', 'c']]);
  answerLast();
  expect(await Promise.all(rest)).toEqual(['B', 'C']);
  expect([batcher.inFlight, batcher.waiting]).toEqual([0, 0]);
});

it('puts what is submitted in one tick into one batch', async () => {
  const { batcher, sent, answerLast } = gated();
  const all = ['a', 'b', 'c'].map((item) => batcher.submit(item));
  await tick();
  expect(sent()).toEqual([['a', 'b', 'c']]);
  answerLast();
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C']);
});

it('keeps the order of submission over all batches', async () => {
  const batcher = createBatcher<number, number>({
    run: async (items) => items,
    maxItems: 7,
    maxWaiting: 1_000,
  });
  const seen: number[] = [];
  const items = Array.from({ length: 100 }, (_, index) => index);
  await Promise.all(items.map(async (item) => seen.push(await batcher.submit(item))));
  expect(seen).toEqual(items);
});

it('cuts a batch at maxItems', async () => {
  const { batcher, sent } = gated({ maxItems: 2 });
  for (const item of ['a', 'b', 'c']) void batcher.submit(item);
  await tick();
  expect(sent()).toEqual([['a', 'b']]);
});

it('cuts a batch at maxBytes, and sends a larger item alone', async () => {
  const { batcher, sent, answerLast } = gated({ maxBytes: 4, sizeOf: (item) => item.length });
  for (const item of ['aa', 'bb', 'c', 'too large', 'd']) void batcher.submit(item);
  for (let batch = 0; batch < 4; batch += 1) {
    await tick();
    answerLast();
  }
  expect(sent()).toEqual([['aa', 'bb'], ['c'], ['too large'], ['d']]);
});

it('refuses what does not fit the queue, and takes more when there is room again', async () => {
  const { batcher, answerLast } = gated({ maxWaiting: 1 });
  const first = batcher.submit('a');
  await tick();
  const second = batcher.submit('b');
  await expect(batcher.submit('c')).rejects.toMatchObject({ name: 'QueueFullError' });
  answerLast();
  await first;
  await tick();
  answerLast();
  await second;
  const later = batcher.submit('d');
  await tick();
  answerLast();
  expect(await later).toBe('D');
});

it('rejects one item whose result is an error, and no other', async () => {
  const { batcher, batches } = gated();
  const [good, bad] = ['a', 'b'].map((item) => batcher.submit(item));
  await tick();
  batches[0]?.answer(['A', new Error('refused')]);
  await expect(bad).rejects.toThrow('refused');
  expect(await good).toBe('A');
});

it('rejects a whole batch that fails, and goes on with the next', async () => {
  const { batcher, batches, answerLast } = gated();
  const failed = ['a', 'b'].map((item) => batcher.submit(item));
  await tick();
  const next = batcher.submit('c');
  batches[0]?.fail(new Error('connection lost'));
  for (const item of failed) await expect(item).rejects.toThrow('connection lost');
  await tick();
  answerLast();
  expect(await next).toBe('C');
});

it('rejects a batch when run throws before it answers', async () => {
  const batcher = createBatcher<string, string>({
    run: () => {
      throw new Error('thrown');
    },
    maxItems: 2,
    maxWaiting: 2,
  });
  await expect(batcher.submit('a')).rejects.toThrow('thrown');
});

it('rejects a batch that answers with too few results', async () => {
  const { batcher, batches } = gated();
  const items = ['a', 'b'].map((item) => batcher.submit(item));
  await tick();
  batches[0]?.answer(['A']);
  for (const item of items) await expect(item).rejects.toThrow('the batch of 2 got 1 results');
});

it('keeps as many batches in flight as its concurrency', async () => {
  const { batcher, sent } = gated({ maxItems: 1, concurrency: 2 });
  for (const item of ['a', 'b', 'c']) void batcher.submit(item);
  await tick();
  expect(sent()).toEqual([['a'], ['b']]);
});

it('drains: answers everything taken, and takes nothing more', async () => {
  const { batcher, answerLast } = gated();
  const first = batcher.submit('a');
  await tick();
  const second = batcher.submit('b');
  const drained = vi.fn();
  const drain = batcher.drain().then(drained);
  await expect(batcher.submit('c')).rejects.toMatchObject({ name: 'BatcherClosedError' });
  answerLast();
  await first;
  await tick();
  expect(drained).not.toHaveBeenCalled();
  answerLast();
  expect(await second).toBe('B');
  await drain;
});

it('drains at once when it is idle', async () => {
  await gated().batcher.drain();
});

it('lets a further batch go only past a slow one', async () => {
  vi.useFakeTimers();
  try {
    const { batcher, sent, batches, answerLast } = gated({ concurrency: 2, patienceMs: 25 });
    const slow = batcher.submit('slow');
    await vi.advanceTimersByTimeAsync(10);
    const quick = [batcher.submit('a'), batcher.submit('b')];
    await vi.advanceTimersByTimeAsync(14);
    expect(sent()).toEqual([['slow']]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([['slow'], ['a', 'b']]);
    const third = batcher.submit('c');
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toHaveLength(2);
    answerLast();
    await Promise.all(quick);
    expect(sent()).toEqual([['slow'], ['a', 'b'], ['c']]);
    answerLast();
    batches[0]?.answer(['SLOW']);
    expect([await third, await slow]).toEqual(['C', 'SLOW']);
    await batcher.drain();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('gathers as ever while batches are quicker than its patience', async () => {
  const { batcher, sent, answerLast } = gated({ concurrency: 4, patienceMs: 60_000 });
  const first = batcher.submit('a');
  await tick();
  const rest = ['b', 'c'].map((item) => batcher.submit(item));
  await tick();
  expect(sent()).toEqual([['a']]);
  answerLast();
  await first;
  await tick();
  expect(sent()).toEqual([['a'], ['b', 'c']]);
  answerLast();
  await Promise.all(rest);
  await batcher.drain();
});
