import { boundsOf } from './floor/bounds.ts';
import { measureFloors } from './floor/floors.ts';
import type { BenchOptions } from './options.ts';
import { formatReport } from './report/format-report.ts';
import type { Emit } from './report/json-lines.ts';
import { judgeTargets } from './report/targets.ts';
import { createResults, type Results } from './results.ts';
import { startSystem } from './systems/start-system.ts';
import type { Say, SystemName } from './systems/system.ts';
import { takeTurn, type TurnOptions } from './turn.ts';

export type BenchContext = {
  readonly options: BenchOptions;
  /** PATH, for redis-server. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly say: Say;
  readonly emit: Emit;
};

/** The client of the yardsticks: a burst, then single tasks 25 ms apart. */
export const LOAD = { connections: 64, singles: 200, gapMs: 25, limitSeconds: 120 };

export type BenchOutcome = { readonly report: string; readonly failures: number };

/**
 * Each run measures the floors, then each system in turn, so that a machine that grows slower or
 * noisier meets all alike. A system that fails is said and left out of the medians.
 */
export async function bench(context: BenchContext): Promise<BenchOutcome> {
  const { options, signal, say, emit } = context;
  const results = createResults();
  let failures = 0;
  for (let run = 1; run <= options.runs; run++) {
    const floors = await measureFloors({ seconds: options.floorSeconds, signal, say });
    results.addFloors(floors);
    emit('floors', { run, floors });
    for (const name of options.only) {
      failures += await tryTurn(context, results, run, name);
    }
  }
  return { report: report(context, results), failures };
}

async function tryTurn(
  { options, path, signal, say, emit }: BenchContext,
  results: Results,
  run: number,
  system: SystemName,
): Promise<0 | 1> {
  const sayWhere: Say = (line) => say(`run ${run} of ${options.runs}, ${system}: ${line}`);
  const load = { ...LOAD, tasks: options.tasks, warmUpTasks: options.warm };
  const turnOptions: TurnOptions = { load, signal, say: sayWhere };
  try {
    const turn = await takeTurn(() => startSystem(system, { path, say: sayWhere }), turnOptions);
    results.addTurn(system, turn);
    emit('turn', { run, system, tasks: options.tasks, warm: options.warm, ...turn });
    return 0;
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    sayWhere(`failed: ${reason}`);
    emit('failure', { run, system, reason });
    return 1;
  }
}

function report({ options, emit }: BenchContext, results: Results): string {
  const floors = results.floors();
  if (floors === undefined) throw new Error('nothing was measured');
  const systems = results.systems();
  emit('bounds', { figures: boundsOf(floors) });
  for (const [system, measured] of systems) emit('medians', { system, ...measured });
  for (const target of judgeTargets(systems)) emit('target', target);
  return formatReport({ systems, floors, tasks: options.tasks });
}
