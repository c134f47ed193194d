import { parseArgs } from 'node:util';
import type { Plant } from './plants/plant.ts';
import { plants } from './plants/plants.ts';
import type { TraceDetail } from './trace/trace.ts';

export interface Options {
  readonly seed: number;
  readonly seeds: number;
  /** `plants`: looks for each planted fault instead. */
  readonly what: 'seeds' | 'plants';
  readonly detail: TraceDetail;
  readonly plant: Plant | undefined;
  readonly workers: number | undefined;
}

export const usage = `npm run test:simulation -- [options]
  --seed N          this seed alone, or the first one of --seeds
  --seeds N         how many (1,000 without --seed)
  --trace           of one seed: what the processes and the faults did
  --every-step      of one seed: every single step
  --plant TEXT      with the planted fault whose name has this text in it
  --plants          plants each fault in turn until a seed finds it, and prints a table
  --workers N       processes (one for each core)`;

/** Throws with the usage for whatever is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      plants: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      'every-step': { type: 'boolean', default: false },
      plant: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  const detail = values['every-step'] ? 'all' : values.trace ? 'story' : 'none';
  const workers = values.workers === undefined ? undefined : wholeNumber(values.workers);
  const seed = wholeNumber(values.seed ?? '1');
  const seeds = wholeNumber(values.seeds ?? (values.seed === undefined ? '1000' : '1'));
  const what = values.plants ? 'plants' : 'seeds';
  return { seed, seeds, what, detail, workers, plant: plantOf(values.plant) };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${text} is no whole number`);
  return number;
}

function plantOf(text: string | undefined): Plant | undefined {
  if (text === undefined) return undefined;
  const plant = plants.find(({ name }) => name.includes(text));
  if (plant !== undefined) return plant;
  throw new Error(
    `There is no such plant. There are:\n${plants.map(({ name }) => name).join('\n')}`,
  );
}
