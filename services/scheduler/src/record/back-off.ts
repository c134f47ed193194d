import type { World } from '../world.ts';

const firstMs = 20;
const mostMs = 2_000;

/** A random wait that doubles its bound with each attempt, from 20 ms to 2 s; an abort ends it. */
export function backOff(world: World, attempt: number, signal?: AbortSignal): Promise<void> {
  const bound = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20));
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = world.after(world.random() * bound, done);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted === true) done();
  });
}
