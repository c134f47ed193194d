import type { Evidence } from '../history/evidence.ts';
import { type Finding, inspect } from './finding.ts';

/** As runService and Node say it; and V8, where the heap is full. */
const crash = /uncaught|unhandled|heap out of memory/i;

/** A service ends when it is told to, or is killed, and never by an error that nobody caught. */
export function nobodyCrashes({ logs }: Evidence): Finding {
  return inspect('no process has an error that nobody caught', logs, ({ file, text }) =>
    text
      .split('\n')
      .filter((line) => crash.test(line))
      .map((line) => `${file}: ${line}`),
  );
}
