import type { ProcessEnd } from './sandbox-process.ts';

/** How the process came up, before it has seen any code: a failure is this machine's. */
export type Started =
  | { readonly kind: 'started' }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** How a module's load ended: a failure is the lambda's, and most often an end too. */
export type Loaded =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** The process went away. */
  | { readonly kind: 'ended'; readonly detail: string }
  | { readonly kind: 'timed-out' };

/** How one execution in a sandbox ended. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly body: Uint8Array;
    }
  /** The lambda threw, or its answer was no answer. The sandbox goes on. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** The process ended or broke the protocol. */
  | { readonly kind: 'crashed'; readonly detail: string }
  | { readonly kind: 'timed-out' }
  /** By us: cancelled, fenced or released. */
  | { readonly kind: 'stopped' };

const OUT_OF_MEMORY = /heap out of memory|out of memory|Allocation failed/;

/** What to tell the lambda's author about a process that ended in the middle of a task. */
export function describeEnd(end: ProcessEnd, output: string, memoryMib: number): string {
  if (end.error !== undefined) return 'the sandbox could not be started';
  if (OUT_OF_MEMORY.test(output)) return `the lambda ran out of memory (limit ${memoryMib} MiB)`;
  if (end.signal !== null) return `the lambda's process was ended by ${end.signal}`;
  return `the lambda's process ended before it answered (exit code ${end.code})`;
}
