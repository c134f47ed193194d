import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Receives progress and server output, one line at a time, without its line end. */
export type OnLine = (line: string) => void;

/** For those who want no lines. */
export const ignore: OnLine = () => undefined;

/** Reads a stream to its end and hands every non-empty line to each listener. */
export function forEachLine(stream: Readable, onLine: OnLine): void {
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on('line', (line) => {
    if (line.trim() !== '') onLine(line);
  });
}
