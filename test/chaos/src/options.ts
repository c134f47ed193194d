import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export type ChaosOptions = {
  /** Of load and harm; healing comes after. */
  readonly minutes: number;
  readonly seed: number;
  readonly clients: number;
  /** Where the logs of all processes go when it is over: the run's own folder is removed then. */
  readonly logs: string | undefined;
};

const USAGE = `npm run test:chaos -- [options]
  --minutes <n>   of load and harm, healing and checking come after (3)
  --seed <n>      of all choices; a new one is taken and printed if left out
  --clients <n>   that work at the same time (12)
  --logs <folder> where the logs of all processes are left`;

/** Throws one error that says what is wrong, and how it is used. */
export function readOptions(args: readonly string[]): ChaosOptions {
  try {
    return parseOptions(args);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}

function parseOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string' },
      clients: { type: 'string', default: '12' },
      logs: { type: 'string' },
    },
  });
  return {
    minutes: readNumber('minutes', values.minutes, 0.1),
    seed: values.seed === undefined ? randomInt(2 ** 31) : readNumber('seed', values.seed, 0),
    clients: readNumber('clients', values.clients, 1),
    logs: values.logs,
  };
}

function readNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (text !== '' && Number.isFinite(number) && number >= least) return number;
  throw new Error(`--${option} is a number of at least ${least}, not "${text}"`);
}
