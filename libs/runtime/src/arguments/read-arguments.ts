import process from 'node:process';

/**
 * What `read` makes of the command line. What it throws goes to stderr as one line with the usage,
 * and the process ends with code 2 before anything has begun.
 */
export function readArguments<T>(usage: string, read: (args: string[]) => T): T {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    process.stderr.write(`${line}\nusage: ${usage}\n`);
    return process.exit(2);
  }
}

/** The number in an option's text. */
export function wholeNumberOf(option: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${option} is a whole number of at least ${least}, not "${text}"`);
}
