export type { LeaseTables } from '@greencloud/postgres';
export { createAppender } from '../../../../services/task-command/src/append/appender.ts';
export { createRecentContent } from '../../../../services/task-command/src/append/recent-content.ts';
export { createTaskCache } from '../../../../services/task-command/src/append/task-cache.ts';
export { eventLogService } from '../../../../services/task-command/src/grpc/event-log-service.ts';
export { taskCommandService } from '../../../../services/task-command/src/grpc/task-command-service.ts';
export { waitForLog } from '../../../../services/task-command/src/log/read-log.ts';
export {
  type Db as LogDb,
  relayLeases,
} from '../../../../services/task-command/src/postgres/database.ts';
export { unavailableWhenLogIsAway } from '../../../../services/task-command/src/postgres/outage.ts';
export { relayWhenConnected } from '../../../../services/task-command/src/relay/relay-when-connected.ts';
