import { parseArgs } from 'node:util';

export type SoakOptions = {
  readonly minutes: number;
  /** Tasks a second; `half`: of what a burst shows to be the most. */
  readonly rate: number | 'half';
  readonly output: 'tables' | 'lines-and-tables';
};

const USAGE = `npm run bench:soak -- [options]
  --minutes <n>   of steady load (60)
  --rate <n>      tasks a second (half of what a burst finishes)
  --json          one JSON line for each look at the processes, before the table`;

/** Throws one error that says what is wrong, and how it is used. */
export function readSoakOptions(args: readonly string[]): SoakOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '60' },
        rate: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      minutes: readAmount('minutes', values.minutes),
      rate: values.rate === undefined ? 'half' : readAmount('rate', values.rate),
      output: values.json ? 'lines-and-tables' : 'tables',
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}

function readAmount(option: string, text: string): number {
  const amount = Number(text);
  if (Number.isFinite(amount) && amount > 0) return amount;
  throw new Error(`--${option} is a number above 0, not "${text}"`);
}
