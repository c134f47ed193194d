import type { Harm } from './harm.ts';

/** Its owner wants a node empty, or shuts it out, for a while. */
export function shutOut({ house, random, say }: Harm, how: 'drain' | 'disable'): void {
  const { world, postgres, topology } = house;
  const { sessions } = postgres.tables;
  const { nodeId, name } = random.pick(topology.nodes);
  say(() => `${how}s ${name}`);
  if (how === 'drain') sessions.setStanding(nodeId, 'draining');
  else sessions.disable(nodeId);
  world.plan(world.keeper, random.between(500, 5_000), 'restore', () => {
    sessions.setStanding(nodeId, 'enabled');
  });
}
