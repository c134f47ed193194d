import { LOAD } from '../bench.ts';
import type { Figures } from '../figures.ts';
import type { Emit } from '../report/json-lines.ts';
import { startOurs } from '../systems/ours.ts';
import type { Say } from '../systems/system.ts';
import { takeTurn } from '../turn.ts';
import { type Grown, startGrown } from './grown-system.ts';
import { type ListPlan, listPlans } from './list-plans.ts';
import type { GrowthOptions } from './options.ts';

export type GrowthContext = {
  readonly options: GrowthOptions;
  readonly signal: AbortSignal;
  readonly say: Say;
  readonly emit: Emit;
};

export type GrowthResult = {
  readonly empty: Figures;
  readonly waiting: Figures;
  readonly finished: Figures;
  readonly plans: readonly ListPlan[];
};

/** The same load on an empty system, beside tasks that wait, and on many that are done. */
export async function measureGrowth(context: GrowthContext): Promise<GrowthResult> {
  const { options, emit } = context;
  const empty = await drive(context, 'empty', undefined, async () => undefined);
  const waiting = await drive(
    context,
    `${options.waiting} waiting`,
    { kind: 'waiting', count: options.waiting },
    async () => undefined,
  );
  const plans: ListPlan[] = [];
  const finished = await drive(
    context,
    `${options.finished} finished`,
    { kind: 'finished', count: options.finished },
    async (databaseUrl) => void plans.push(...(await listPlans(databaseUrl, options.finished))),
  );
  for (const plan of plans) emit('plan', plan);
  return { empty, waiting, finished, plans };
}

async function drive(
  { options, signal, say, emit }: GrowthContext,
  name: string,
  grown: Omit<Grown, 'check'> | undefined,
  after: (databaseUrl: string) => Promise<void>,
): Promise<Figures> {
  const sayWhere: Say = (line) => say(`${name}: ${line}`);
  let databaseUrl = '';
  const start = async () => {
    const ours = await (grown === undefined
      ? startOurs(sayWhere)
      : startGrown({ ...grown, check: options.check }, sayWhere));
    databaseUrl = ours.databaseUrl;
    return ours;
  };
  const load = { ...LOAD, tasks: options.tasks, warmUpTasks: options.warm };
  const turn = await takeTurn(start, {
    load,
    signal,
    say: sayWhere,
    after: () => after(databaseUrl),
  });
  emit('growth', { name, tasks: options.tasks, warm: options.warm, ...turn });
  return turn.figures;
}
