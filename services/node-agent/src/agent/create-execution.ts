import { availableParallelism } from 'node:os';
import type { Execution } from '../attempts/execute-attempt.ts';
import { createCodeStore } from '../code/code-store.ts';
import type { AgentConfig } from '../config.ts';
import type { SchedulerClient } from '../grpc/scheduler-client.ts';
import { SandboxPool } from '../pool/sandbox-pool.ts';
import type { LaunchPlace } from '../sandbox/launch-place.ts';
import { planLaunch } from '../sandbox/launch-plan.ts';
import { slotsOf } from './offer.ts';

const SPARE_BACKOFF_MS = 500;

/** Where and with what lambdas run at this node. */
export function createExecution(
  config: AgentConfig,
  place: LaunchPlace,
  scheduler: SchedulerClient,
): Omit<Execution, 'onProgress' | 'onOutput'> {
  return {
    pool: new SandboxPool({
      plan: (memoryMib) => planLaunch(place, memoryMib),
      sandboxes: slotsOf(config),
      memoryMib: config.GC_MEM_SIZE,
      idleMs: config.GC_IDLE_MS,
      loadLimitMs: config.GC_LOAD_LIMIT_MS,
      startsAtOnce: availableParallelism(),
      spares: {
        count: config.GC_SPARE_SANDBOXES,
        memoryMib: config.GC_DEFAULT_MEM_SIZE,
        backoffMs: SPARE_BACKOFF_MS,
      },
    }),
    codeOf: createCodeStore({
      fetch: (version) => scheduler.fetchCode(version),
      maxBytes: config.GC_CODE_CACHE_MIB * 1_048_576,
    }),
    defaultMemoryMib: config.GC_DEFAULT_MEM_SIZE,
  };
}
