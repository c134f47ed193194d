import type { Floors } from './floor/floors.ts';
import { floorMedians, measuredOf } from './report/measured.ts';
import type { MeasuredSystems } from './report/targets.ts';
import type { SystemName } from './systems/system.ts';
import type { Turn } from './turn.ts';

/** What the runs gave so far, whatever failed in between. */
export type Results = {
  addFloors(floors: Floors): void;
  addTurn(name: SystemName, turn: Turn): void;
  /** Undefined before the first floors. */
  floors(): Floors | undefined;
  /** Systems with at least one turn, in the order of their first. */
  systems(): MeasuredSystems;
};

export function createResults(): Results {
  const floors: Floors[] = [];
  const turns = new Map<SystemName, Turn[]>();
  return {
    addFloors: (measured) => void floors.push(measured),
    addTurn: (name, turn) => void turns.set(name, [...(turns.get(name) ?? []), turn]),
    floors: () => (floors.length === 0 ? undefined : floorMedians(floors)),
    systems: () => new Map([...turns].map(([name, taken]) => [name, measuredOf(taken)])),
  };
}
