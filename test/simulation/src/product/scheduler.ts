export { CodeDesk } from '../../../../services/scheduler/src/catalog/code-desk.ts';
export { createCodeSource } from '../../../../services/scheduler/src/catalog/code-source.ts';
export { nodeService } from '../../../../services/scheduler/src/grpc/node-service.ts';
export { createTaskCommands } from '../../../../services/scheduler/src/grpc/task-commands-client.ts';
export { keepBoard } from '../../../../services/scheduler/src/keep-board.ts';
export type { TaskCommands } from '../../../../services/scheduler/src/record/task-commands.ts';
export {
  createScheduler,
  type Scheduler,
  type SchedulerLimits,
} from '../../../../services/scheduler/src/scheduler.ts';
export { createSchedulerMetrics } from '../../../../services/scheduler/src/scheduler-metrics.ts';
export { hashToken } from '../../../../services/scheduler/src/session/login.ts';
export type {
  BegunSession,
  LastSession,
  NodeLogin,
  SessionKey,
  SessionSeen,
  SessionStore,
} from '../../../../services/scheduler/src/session/session-store.ts';
export { startSweeps } from '../../../../services/scheduler/src/sweep/sweep.ts';
export { createSweeps } from '../../../../services/scheduler/src/sweeps.ts';
export { realWorld } from '../../../../services/scheduler/src/world.ts';
