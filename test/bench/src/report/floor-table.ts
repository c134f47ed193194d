import { FLOOR_NOTES } from '../floor/bounds.ts';
import { FLOORS, type Floors } from '../floor/floors.ts';
import { formatNumber, formatTable, numbers, words } from './table.ts';

const COLUMNS = [
  words('floor'),
  numbers('per second'),
  numbers('p50, ms'),
  numbers('p99, ms'),
  words('bounds'),
];

export function floorTable(floors: Floors): string {
  const rows = FLOORS.map((name) => [
    FLOOR_NOTES[name].title,
    formatNumber(floors[name].perSecond, 0),
    formatNumber(floors[name].p50Ms, 2),
    formatNumber(floors[name].p99Ms, 2),
    FLOOR_NOTES[name].bounds,
  ]);
  return formatTable(COLUMNS, rows);
}
