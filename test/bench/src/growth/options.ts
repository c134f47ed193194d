import { parseArgs } from 'node:util';

export type GrowthOptions = {
  /** Tasks that wait, and no node can take. */
  readonly waiting: number;
  /** Finished tasks in log and views. */
  readonly finished: number;
  /** Of the burst, and before it. */
  readonly tasks: number;
  readonly warm: number;
  /** `on`: `verify` and `compare` must find nothing in what was filled in. */
  readonly check: 'on' | 'off';
  readonly output: 'tables' | 'lines-and-tables';
};

const USAGE = `npm run bench:growth -- [options]
  --waiting <n>    tasks that wait for a node that there is not (100000)
  --finished <n>   finished tasks in the log and in the views (1000000)
  --tasks <n>      tasks of the burst (5000)
  --warm <n>       tasks before it (2000)
  --check          verify the log and compare the views before each load
  --json           one JSON line for each result as it comes, before the tables`;

/** Throws one error that says what is wrong, and how it is used. */
export function readGrowthOptions(args: readonly string[]): GrowthOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        waiting: { type: 'string', default: '100000' },
        finished: { type: 'string', default: '1000000' },
        tasks: { type: 'string', default: '5000' },
        warm: { type: 'string', default: '2000' },
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      waiting: readCount('waiting', values.waiting),
      finished: readCount('finished', values.finished),
      tasks: readCount('tasks', values.tasks),
      warm: readCount('warm', values.warm),
      check: values.check ? 'on' : 'off',
      output: values.json ? 'lines-and-tables' : 'tables',
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`--${option} is a whole number of at least 1, not "${text}"`);
}
