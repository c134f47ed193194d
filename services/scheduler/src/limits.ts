import type { Config } from './config.ts';
import type { SchedulerLimits } from './scheduler.ts';

export function limitsOf(config: Config): SchedulerLimits {
  return {
    heartbeatMs: config.GC_HEARTBEAT_MS,
    fenceAfterMs: config.GC_FENCE_AFTER_MS,
    lostAfterMs: config.GC_LOST_AFTER_MS,
    acceptWithinMs: config.GC_ACCEPT_WITHIN_MS,
    deadlineGraceMs: config.GC_DEADLINE_GRACE_MS,
    queueLimitMs: config.GC_QUEUE_LIMIT_MS,
    ageingMs: config.GC_AGEING_MS,
    helpAfterMs: config.GC_HELP_AFTER_MS,
  };
}
