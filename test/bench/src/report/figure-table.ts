import { FIGURE_TITLES, FIGURES, type FigureName, type Figures } from '../figures.ts';
import { formatNumber, formatTable, numbers, words } from './table.ts';
import type { MeasuredSystems } from './targets.ts';

const isRate = (name: FigureName) => name.endsWith('PerSecond');

/** One row a figure, one column a system, and the floor under ours beside it. */
export function figureTable(systems: MeasuredSystems, bounds: Figures): string {
  const columns = [...systems.values()].map(({ figures }) => figures);
  const rows = FIGURES.map((name) => [
    FIGURE_TITLES[name],
    ...[...columns, bounds].map((figures) => formatNumber(figures[name], isRate(name) ? 0 : 1)),
  ]);
  return formatTable([words('medians'), ...[...systems.keys(), 'floor'].map(numbers)], rows);
}
