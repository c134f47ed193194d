import { followerPlants } from './follower-plants.ts';
import { logPlants } from './log-plants.ts';
import type { Plant } from './plant.ts';
import { schedulerPlants } from './scheduler-plants.ts';

export const plants: readonly Plant[] = [...logPlants, ...followerPlants, ...schedulerPlants];
