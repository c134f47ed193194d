import { expect, it } from 'vitest';
import { createAnswerLease } from './answer-lease.ts';

const never = { signal: new AbortController().signal };

it('runs out a little later than the lease itself, for clocks that do not run alike', async () => {
  const lease = createAnswerLease(40);
  const begun = performance.now();
  await lease.runOut('may be in use', never);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(42);
});

it('is not waited for where there is no older answer', async () => {
  await createAnswerLease(3_600_000).runOut('none', never);
});

it('ends with the reason of its call, before or in the wait', async () => {
  const lease = createAnswerLease(3_600_000);
  const call = new AbortController();
  const waiting = lease.runOut('may be in use', call);
  call.abort(new Error('the caller went away'));
  await expect(waiting).rejects.toThrow('the caller went away');
  await expect(lease.runOut('may be in use', call)).rejects.toThrow('the caller went away');
});
