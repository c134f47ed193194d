import { FIGURES } from '../figures.ts';
import type { ProcessFigures, Turn } from '../turn.ts';
import { FLOORS, type Floors } from '../floor/floors.ts';
import { medians } from './medians.ts';
import type { Measured } from './targets.ts';

const PROCESS_FIGURES = ['cpuSeconds', 'rssMb', 'treeRssMb'] as const;

/** The medians over a system's turns, of which there is at least one. */
export function measuredOf(turns: readonly Turn[]): Measured {
  const names = turns[0]?.processes ?? [];
  return {
    figures: medians(
      FIGURES,
      turns.map((turn) => turn.figures),
    ),
    processes: names.map(({ name, kind }) => ({ name, kind, ...processMedians(name, turns) })),
  };
}

function processMedians(name: string, turns: readonly Turn[]) {
  const same = (process: ProcessFigures) => process.name === name;
  return medians(
    PROCESS_FIGURES,
    turns.flatMap((turn) => turn.processes.filter(same)),
  );
}

/** The medians of each floor over the runs. */
export function floorMedians(runs: readonly Floors[]): Floors {
  const entries = FLOORS.map((name) => {
    const rates = runs.map((floors) => floors[name]);
    return [name, medians(['perSecond', 'p50Ms', 'p99Ms'], rates)] as const;
  });
  return Object.fromEntries(entries) as Floors;
}
