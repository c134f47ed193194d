import { formatNumber, formatTable, numbers, words } from './table.ts';
import type { Target } from './targets.ts';

const COLUMNS = [
  words('target'),
  numbers('ours'),
  numbers('theirs'),
  numbers('ours / theirs'),
  words('wanted'),
  words('verdict'),
];

export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ title, ours, theirs, compared, wanted, verdict }) => [
    title,
    formatNumber(ours, 1),
    formatNumber(theirs, 1),
    theirs === undefined ? '-' : formatNumber(compared, 2),
    `${wanted.kind} ${wanted.value}`,
    verdict,
  ]);
  return formatTable(COLUMNS, rows);
}
