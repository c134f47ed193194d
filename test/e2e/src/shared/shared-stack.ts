import { afterAll, beforeAll, inject } from 'vitest';
import { SHARED_STACK } from './provided-stack.ts';
import { openRunningStack, type SharedStack } from './running-stack.ts';

export { newId, type SharedStack, type Tenant } from './running-stack.ts';

/** The stack that all files of one run share; clients are closed after the file's last test. */
export function useSharedStack(): () => SharedStack {
  let stack: SharedStack | undefined;
  beforeAll(async () => {
    stack = await openRunningStack(inject(SHARED_STACK));
  });
  afterAll(() => stack?.closeClients());
  return () => {
    if (stack === undefined) throw new Error('the shared stack is known within tests only');
    return stack;
  };
}
