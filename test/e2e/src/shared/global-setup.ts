import { type TestStack, withStack } from '@greencloud/testing';
import type { TestProject } from 'vitest/node';
import { SHARED_STACK } from './provided-stack.ts';

// A task that no node may take expires within a test and not within a day. Far above what any
// other task of these tests waits for.
const QUEUE_LIMIT_MS = '20000';

const running: TestStack[] = [];

/** Vitest calls this once per run: the stack of every test that harms nobody else's. */
export async function setup(project: TestProject): Promise<void> {
  const stack = await withStack({ nodes: 2, env: { GC_QUEUE_LIMIT_MS: QUEUE_LIMIT_MS } });
  running.push(stack);
  project.provide(SHARED_STACK, stack.dataDir);
}

/** Vitest calls this once, after the last test. */
export async function teardown(): Promise<void> {
  for (const stack of running.splice(0)) await stack.stop();
}
