import { boundsOf } from '../floor/bounds.ts';
import type { Floors } from '../floor/floors.ts';
import { figureTable } from './figure-table.ts';
import { floorTable } from './floor-table.ts';
import { processTable } from './process-table.ts';
import { targetTable } from './target-table.ts';
import { judgeTargets, type MeasuredSystems } from './targets.ts';

export type ReportInput = {
  readonly systems: MeasuredSystems;
  readonly floors: Floors;
  readonly tasks: number;
};

/** The four tables, in the order in which they are read. */
export function formatReport({ systems, floors, tasks }: ReportInput): string {
  return [
    figureTable(systems, boundsOf(floors)),
    targetTable(judgeTargets(systems)),
    processTable(systems, tasks),
    floorTable(floors),
  ].join('\n\n');
}
