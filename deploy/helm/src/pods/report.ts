import process from 'node:process';

let failed = 0;

/** One fact of the story, as it was found. */
export function seen(what: string, good: boolean): void {
  process.stdout.write(`  ${good ? 'seen' : 'NOT SEEN'}: ${what}\n`);
  if (!good) failed += 1;
}

export function failures(): number {
  return failed;
}
