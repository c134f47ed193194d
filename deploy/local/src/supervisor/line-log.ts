import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Appends lines to a log that only its owner reads. A full disk loses lines, not the stack. */
export function openLineLog(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  stream.on('error', () => undefined);
  return (line) => void stream.write(`${line}\n`);
}
