import { expect, it } from 'vitest';
import { useSharedStack } from '../shared/shared-stack.ts';
import { measureCancels } from './cancel-latency.ts';
import { summaryOf } from './summary.ts';

const stack = useSharedStack();

it('a running lambda is really stopped: within 1 s at p99', { timeout: 120_000 }, async () => {
  const summary = summaryOf(await measureCancels(stack(), 20));
  console.log(`cancel to the end of the process, ms: ${JSON.stringify(summary)}`);
  expect(summary.p99).toBeLessThan(1_000);
});
