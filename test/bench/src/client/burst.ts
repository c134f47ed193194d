import type { RestDoor } from './rest-door.ts';

export type Burst = {
  readonly ids: readonly string[];
  readonly latenciesMs: readonly number[];
};

/** Posts `tasks` tasks, each of `connections` callers one after the other. */
export async function burst(door: RestDoor, tasks: number, connections: number): Promise<Burst> {
  const ids = Array.from({ length: tasks }, () => '');
  const latenciesMs: number[] = [];
  let next = 0;
  const caller = async () => {
    while (next < tasks) {
      const mine = next++;
      const start = performance.now();
      ids[mine] = await door.post();
      latenciesMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  return { ids, latenciesMs };
}
