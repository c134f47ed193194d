import { setTimeout as sleep } from 'node:timers/promises';
import type { RestDoor } from './rest-door.ts';

/** Looks are paid for by the system under test: 16 each 10 ms are at most 1,600 GETs/s. */
const LOOK_AT = 16;
const LOOK_EVERY_MS = 10;

/** Waits until every task is finished, looking at the last ones first. */
export async function awaitFinished(
  door: RestDoor,
  ids: readonly string[],
  limitSeconds: number,
): Promise<void> {
  const end = performance.now() + limitSeconds * 1000;
  let open = ids;
  while (open.length > 0) {
    const looked = await Promise.all(open.slice(-LOOK_AT).map((id) => door.isFinished(id)));
    if (looked.every(Boolean)) {
      open = open.slice(0, -LOOK_AT);
      continue;
    }
    if (performance.now() > end) {
      throw new Error(`${open.length} of ${ids.length} tasks were open after ${limitSeconds} s`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Looks at every task once, at most `callers` at a time, and gives those that are open. */
export async function findOpen(
  door: RestDoor,
  ids: readonly string[],
  callers: number,
): Promise<string[]> {
  const open: string[] = [];
  let next = 0;
  const caller = async () => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
      if (!(await door.isFinished(id))) open.push(id);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return open;
}
