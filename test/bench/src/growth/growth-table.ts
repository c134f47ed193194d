import { FIGURE_TITLES, FIGURES, type FigureName } from '../figures.ts';
import { formatNumber, formatTable, numbers, words } from '../report/table.ts';
import type { GrowthResult } from './growth.ts';
import type { ListPlan } from './list-plans.ts';

/** Of the same figure on the empty system, for the worse. */
const MOST_LOSS = 0.2;

/** Each figure beside that of the empty system. */
export function growthTable({ empty, waiting, finished }: GrowthResult): string {
  const rows = FIGURES.map((name) => {
    const decimals = isRate(name) ? 0 : 1;
    const grown = [waiting, finished].flatMap((figures) => {
      const ratio = figures[name] / empty[name];
      return [formatNumber(figures[name], decimals), formatNumber(ratio, 2), judge(name, ratio)];
    });
    return [FIGURE_TITLES[name], formatNumber(empty[name], decimals), ...grown];
  });
  const columns = ['empty', 'waiting', 'ratio', '', 'finished', 'ratio', ''].map(numbers);
  return formatTable([words('figure'), ...columns], rows);
}

/** Whether a figure is within a fifth of the empty system's, or better. */
export function judge(name: FigureName, ratio: number): 'met' | 'missed' {
  const isMet = isRate(name) ? ratio >= 1 - MOST_LOSS : ratio <= 1 + MOST_LOSS;
  return isMet ? 'met' : 'missed';
}

function isRate(name: FigureName): boolean {
  return name.endsWith('PerSecond');
}

export function planTable(plans: readonly ListPlan[]): string {
  const rows = plans.map(({ list, nodes, milliseconds, verdict }) => {
    return [list, formatNumber(milliseconds, 2), verdict, nodes];
  });
  return formatTable([words('list'), numbers('ms'), words('read'), words('plan')], rows);
}
