import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';

it('gives the first answer that is neither false nor an error', async () => {
  const answers = [
    () => false,
    () => {
      throw new Error('not yet');
    },
    () => 'seen',
  ];
  expect(await eventually(() => answers.shift()?.(), { everyMs: 1 })).toBe('seen');
});

it('takes an expectation that passes', async () => {
  let looks = 0;
  await eventually(() => expect((looks += 1)).toBe(3), { everyMs: 1 });
  expect(looks).toBe(3);
});

it('throws the last failed expectation at the limit', async () => {
  const never = eventually(() => expect(1).toBe(2), { timeoutMs: 5, everyMs: 1 });
  await expect(never).rejects.toThrow('expected 1 to be 2');
});

it('says that a condition stayed false', async () => {
  await expect(eventually(() => false, { timeoutMs: 1, everyMs: 1 })).rejects.toThrow(
    'the condition stayed false',
  );
});
