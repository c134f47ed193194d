import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Plant } from '../plants/plant.ts';
import type { SeedReport } from './seed-report.ts';
import type { Order } from './worker.ts';

export interface SpreadOptions {
  readonly seeds: Iterable<number>;
  readonly plant?: Plant | undefined;
  readonly workers?: number | undefined;
  /** Called in the order in which the runs end; `enough` begins no more of them. */
  readonly onReport: (report: SeedReport) => 'go on' | 'enough';
}

const workerPath = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Runs seeds in a process for each core: their worlds share nothing but the code. */
export async function spread(options: SpreadOptions): Promise<void> {
  const { workers = availableParallelism() } = options;
  const seeds = options.seeds[Symbol.iterator]();
  let state: 'going on' | 'enough' = 'going on';
  const next = (): Order | undefined => {
    const seed = state === 'enough' ? undefined : seeds.next();
    if (seed === undefined || seed.done === true) return undefined;
    return { seed: seed.value, plant: options.plant?.name };
  };
  const onReport = (report: SeedReport) => {
    if (options.onReport(report) === 'enough') state = 'enough';
  };
  await Promise.all(Array.from({ length: workers }, () => work(next, onReport)));
}

async function work(
  next: () => Order | undefined,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  const execArgv = ['--conditions=@greencloud/source'];
  const child = fork(workerPath, { execArgv, serialization: 'advanced' });
  try {
    for (let order = next(); order !== undefined; order = next()) {
      onReport(await answerOf(child, order));
    }
  } finally {
    child.disconnect();
  }
}

function answerOf(child: ChildProcess, order: Order): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      reject(new Error(`the process that ran seed ${order.seed} ended (${code})`));
    };
    child.once('exit', onExit);
    child.once('message', (report: SeedReport) => {
      child.off('exit', onExit);
      resolve(report);
    });
    child.send(order);
  });
}
