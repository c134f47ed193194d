import { formatNumber, formatTable, numbers, words } from './table.ts';
import type { MeasuredSystems } from './targets.ts';

const COLUMNS = [
  words('process'),
  numbers('CPU s in the burst'),
  numbers('CPU ms a task'),
  numbers('peak RSS, MB'),
  numbers('with children'),
];

/** What each process of each system took; a task's share is of the burst. */
export function processTable(systems: MeasuredSystems, tasks: number): string {
  const rows = [...systems].flatMap(([system, { processes }]) => {
    const total = processes
      .filter(({ kind }) => kind !== 'client')
      .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const each = processes.map(({ name, cpuSeconds, rssMb, treeRssMb }) => [
      `${system}: ${name}`,
      ...cpuCells(cpuSeconds, tasks),
      formatNumber(rssMb, 0),
      formatNumber(treeRssMb, 0),
    ]);
    return [...each, [`${system}: all but the client`, ...cpuCells(total, tasks)]];
  });
  return formatTable(COLUMNS, rows);
}

function cpuCells(cpuSeconds: number, tasks: number): string[] {
  return [formatNumber(cpuSeconds, 2), formatNumber((cpuSeconds * 1000) / tasks, 2)];
}
