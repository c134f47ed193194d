import { expect, it } from 'vitest';
import { GroupCalls, type GroupCallsOptions } from './group-calls.ts';

/** Calls stay in flight until the test answers the first of them. */
function gated(options: Partial<GroupCallsOptions<string, string>> = {}) {
  const sent: string[][] = [];
  const open: (() => void)[] = [];
  const answers: string[] = [];
  const calls = new GroupCalls<string, string>({
    call: (items) => {
      sent.push([...items]);
      return new Promise((resolve) => {
        open.push(() => resolve(items.map((item) => item.toUpperCase())));
      });
    },
    onAnswer: (item, answer) => answers.push(`${item}${answer}`),
    maxItems: 3,
    maxBytes: 100,
    sizeOf: () => 1,
    concurrency: 1,
    ...options,
  });
  const answer = async () => {
    open.shift()?.();
    await tick();
  };
  return { calls, sent, answers, answer };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('sends what is put in one moment in one call, and gathers the next meanwhile', async () => {
  const { calls, sent, answers, answer } = gated();
  for (const item of ['a', 'b']) calls.put(item);
  await tick();
  for (const item of ['c', 'd', 'e', 'f']) calls.put(item);
  await tick();
  expect(sent).toEqual([['a', 'b']]);
  await answer();
  expect(answers).toEqual(['aA', 'bB']);
  expect(sent).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]);
});

it('has as many calls in flight as it may', async () => {
  const { calls, sent } = gated({ concurrency: 2 });
  for (const item of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) calls.put(item);
  await tick();
  expect(sent).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ]);
});

it('keeps a call below its bytes, and sends alone what is larger', async () => {
  const { calls, sent, answer } = gated({ sizeOf: (item) => item.length });
  for (const item of ['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(200)]) calls.put(item);
  await tick();
  await answer();
  await answer();
  expect(sent.map((items) => items.map(({ length }) => length))).toEqual([[60], [60], [200]]);
});

it('is idle when everything has its answer', async () => {
  const { calls, answers, answer } = gated();
  await calls.idle();
  for (const item of ['a', 'b', 'c', 'd']) calls.put(item);
  let state = 'busy';
  const idle = calls.idle().then(() => {
    state = 'idle';
  });
  await tick();
  await answer();
  expect(state).toBe('busy');
  await answer();
  await idle;
  expect(answers).toEqual(['aA', 'bB', 'cC', 'dD']);
});
