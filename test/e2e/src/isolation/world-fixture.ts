import { afterAll, beforeAll } from 'vitest';
import { type LogHeads, openLogHeads } from '../log-heads.ts';
import { newId, type SharedStack } from '../shared/running-stack.ts';
import { buildWorld, type World } from './world.ts';

/** Another tenant's world, and by what one sees whether somebody touched it. */
export interface ForeignWorld {
  readonly foreign: World;
  readonly heads: LogHeads;
  /** All that the other tenant saw of its own before the first test. */
  readonly before: unknown;
}

export interface Worlds extends ForeignWorld {
  /** The caller's. */
  readonly own: World;
}

export function useWorlds(stack: () => SharedStack): () => Worlds {
  const stranger = useForeignWorld(stack);
  const own = useWorld(stack, 'caller');
  return () => ({ ...stranger(), own: own() });
}

/** The heads are opened before any world is built: they would overlook its tenant. */
export function useForeignWorld(stack: () => SharedStack): () => ForeignWorld {
  let heads: LogHeads | undefined;
  beforeAll(async () => {
    heads = await openLogHeads(stack().known.databaseUrl);
  });
  const world = useWorld(stack, 'stranger');
  let before: unknown;
  beforeAll(async () => {
    before = await world().view();
  });
  afterAll(() => heads?.[Symbol.asyncDispose]());
  return () => ({ foreign: world(), heads: known(heads), before });
}

/** A world for the tests of a file; what still runs in it ends after the last of them. */
function useWorld(stack: () => SharedStack, mark: string): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await buildWorld(stack(), `${mark}${newId()}`);
  });
  afterAll(() => world?.end());
  return () => known(world);
}

function known<T>(built: T | undefined): T {
  if (built === undefined) throw new Error('a world is known within tests only');
  return built;
}
