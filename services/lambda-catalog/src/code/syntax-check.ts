import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '@greencloud/domain';
import { type Batcher, createBatcher } from '@greencloud/runtime';
import type { SyntaxVerdict } from './module-syntax.ts';

/** Bytes in, nothing or a DomainError out; one upload at a time, the rest waits in a short queue. */
export type SyntaxCheck = Batcher<Uint8Array, SyntaxVerdict>;

const LIMIT_MS = 10_000;
const MAX_WAITING = 32;
const LIMITS = { maxOldGenerationSizeMb: 512, stackSizeMb: 8 };

// The compiled worker has another file ending, and the compiler does not rewrite URLs.
const worker = new URL(`./module-syntax.worker${extname(import.meta.url)}`, import.meta.url);

/**
 * In a thread of its own: 1 MiB of JavaScript takes acorn 350–530 ms, and every task that is
 * issued waits for this process meanwhile. A new thread for each upload costs 40 ms and leaves
 * nothing behind.
 */
export function createSyntaxCheck(): SyntaxCheck {
  return createBatcher<Uint8Array, SyntaxVerdict>({
    run: (codes) => Promise.all(codes.map(judgeInThread)),
    maxItems: 1,
    maxWaiting: MAX_WAITING,
  });
}

function judgeInThread(code: Uint8Array): Promise<SyntaxVerdict | DomainError> {
  return new Promise((resolve) => {
    const thread = new Worker(worker, { workerData: code, resourceLimits: LIMITS });
    const limit = setTimeout(() => settle(tooHard()), LIMIT_MS);
    const settle = (verdict: SyntaxVerdict | DomainError) => {
      clearTimeout(limit);
      resolve(verdict);
      void thread.terminate();
    };
    thread.once('message', settle);
    thread.once('error', () => settle(tooHard()));
    thread.once('exit', () => settle(tooHard()));
  });
}

function tooHard(): DomainError {
  return new DomainError('VALIDATION_FAILED', 'The module cannot be checked within its limits');
}
