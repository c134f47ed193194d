import { parseArgs } from 'node:util';
import { isPeerName } from './peers/catalog.ts';
import type { SystemName } from './systems/system.ts';

export type BenchOptions = {
  readonly only: readonly SystemName[];
  readonly tasks: number;
  /** Tasks posted before the burst, in ours as in theirs. */
  readonly warm: number;
  readonly runs: number;
  /** `lines`: JSON lines as results come, before the tables. */
  readonly output: 'tables' | 'lines-and-tables';
  /** Seconds of each floor. */
  readonly floorSeconds: number;
};

const USAGE = `npm run bench [-- options]
  --only <names>         ours, bullmq, pg-boss, graphile-worker (these four if left out);
                         pg-boss-notify only when named
  --tasks <n>            tasks of the burst (5000)
  --warm <n>             tasks before it, to warm each system up (2000)
  --runs <n>             turns of each system; figures are medians (3)
  --floor-seconds <n>    of each floor measurement (2)
  --json                 one JSON line for each result as it comes, before the tables`;

/** Throws one error that says what is wrong, and how it is used. */
export function readOptions(args: readonly string[]): BenchOptions {
  try {
    return parseOptions(args);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}

function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: 'ours,bullmq,pg-boss,graphile-worker' },
      tasks: { type: 'string', default: '5000' },
      warm: { type: 'string', default: '2000' },
      runs: { type: 'string', default: '3' },
      'floor-seconds': { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only.split(',').map(readName),
    tasks: readCount('tasks', values.tasks),
    warm: readCount('warm', values.warm),
    runs: readCount('runs', values.runs),
    output: values.json ? 'lines-and-tables' : 'tables',
    floorSeconds: readCount('floor-seconds', values['floor-seconds']),
  };
}

function readName(text: string): SystemName {
  const name = text.trim();
  if (name === 'ours' || isPeerName(name)) return name;
  throw new Error(`--only: no system is called "${name}"`);
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`--${option} is a whole number of at least 1, not "${text}"`);
}
