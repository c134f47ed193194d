export {
  endEarlierLife,
  ensureLeases,
  holdsLease,
  releaseLeases,
  renewLeases,
  signIn,
  signOut,
  takeLeases,
} from '@greencloud/postgres';
export { applyBatch } from '../../../../services/projection/src/apply/apply-batch.ts';
export { readCheckpoint } from '../../../../services/projection/src/apply/checkpoint.ts';
export { readRows } from '../../../../services/projection/src/apply/read-rows.ts';
export { withViews } from '../../../../services/projection/src/testing/test-views.ts';
export { appendBatch } from '../../../../services/task-command/src/log/append-batch.ts';
export type { Draft } from '../../../../services/task-command/src/log/draft.ts';
export { draft, openLog } from '../../../../services/task-command/src/log/log-fixtures.ts';
export { readHead } from '../../../../services/task-command/src/log/read-head.ts';
export { readHeads } from '../../../../services/task-command/src/log/read-heads.ts';
export { readOpenTasks } from '../../../../services/task-command/src/log/read-open-tasks.ts';
export { readPartition } from '../../../../services/task-command/src/log/read-partition.ts';
export { readPayloads } from '../../../../services/task-command/src/log/read-payloads.ts';
export { readResults } from '../../../../services/task-command/src/log/read-results.ts';
export { readStreams } from '../../../../services/task-command/src/log/read-streams.ts';
export { endSilentSessions } from '../../../../services/scheduler/src/store/end-silent-sessions.ts';
export { enrolNode } from '../../../../services/scheduler/src/store/enrol-node.ts';
export { plan as schedulerPlan } from '../../../../services/scheduler/src/migrations/index.ts';
export type { Database as SchedulerDatabase } from '../../../../services/scheduler/src/store/database.ts';
export { createSessionStore } from '../../../../services/scheduler/src/store/session-store.ts';
export {
  disableNode,
  drainNode,
  restoreNode,
} from '../../../../services/scheduler/src/store/set-standing.ts';
export { findNodeOfToken } from '../../../../services/scheduler/src/store/find-login.ts';
