import { parseArgs } from 'node:util';

export type RebuildOptions = { readonly events: number };

const USAGE = `npm run bench:rebuild [-- options]
  --events <n>   in the log before the views are built anew (1000000)`;

/** Throws one error that says what is wrong, and how it is used. */
export function readRebuildOptions(args: readonly string[]): RebuildOptions {
  try {
    return { events: eventsOf(args) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n\n${USAGE}`, { cause: error });
  }
}

function eventsOf(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: 'string', default: '1000000' } },
  });
  const events = Number(values.events);
  if (Number.isInteger(events) && events >= 1) return events;
  throw new Error(`--events is a whole number of at least 1, not "${values.events}"`);
}
