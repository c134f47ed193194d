export { HeldRows } from '../../../../services/projection/src/follow/held-rows.ts';
export { createProjectionMetrics } from '../../../../services/projection/src/follow/projection-metrics.ts';
export { startProjection } from '../../../../services/projection/src/follow/run-projection.ts';
export { taskQueryService } from '../../../../services/projection/src/grpc/task-query-service.ts';
export { createWatchLimit } from '../../../../services/projection/src/grpc/watch-limit.ts';
export { leaseTables } from '../../../../services/projection/src/postgres/database.ts';
export { createPartitionCount } from '../../../../services/projection/src/query/partition-count.ts';
export { columns as viewColumns } from '../../../../services/projection/src/view/columns.ts';
