// Counts to `steps`, one step each `everyMs`, and tells how far it is. Stops when it is told to.
import { setTimeout as sleep } from 'node:timers/promises';

export default async (request, context) => {
  const { steps, everyMs } = await request.json();
  for (let step = 1; step <= steps; step++) {
    await sleep(everyMs, undefined, { signal: context.signal });
    context.progress(Math.floor((100 * step) / steps));
    context.log(`step ${step} of ${steps}`);
  }
  return { counted: steps, attempt: context.attempt };
};
