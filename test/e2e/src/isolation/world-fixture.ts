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

/** A world for the tests of a file; what still runs in it ends after the last of them. */
export function useWorld(stack: () => SharedStack, mark: string): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await buildWorld(stack(), `${mark}${newId()}`);
  });
  afterAll(() => world?.end());
  return () => known(world);
}

export function useForeignWorld(stack: () => SharedStack): () => ForeignWorld {
  const world = useWorld(stack, 'stranger');
  let built: ForeignWorld | undefined;
  beforeAll(async () => {
    const heads = await openLogHeads(stack().known.databaseUrl);
    built = { foreign: world(), heads, before: await world().view() };
  });
  afterAll(() => built?.heads[Symbol.asyncDispose]());
  return () => known(built);
}

function known<T>(built: T | undefined): T {
  if (built === undefined) throw new Error('a world is known within tests only');
  return built;
}
