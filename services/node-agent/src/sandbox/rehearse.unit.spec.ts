import { expect, it } from 'vitest';
import { rehearse } from './runner/rehearse.mjs';

it('a rehearsal comes to its end, with no one to answer', async () => {
  await expect(rehearse()).resolves.toBeUndefined();
});
