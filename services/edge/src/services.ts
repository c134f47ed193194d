import type { OpenStreams } from './http/streams/open-streams.ts';
import type { LambdaCatalog } from './lambdas/lambda-catalog.ts';
import type { NodeAdmin } from './nodes/node-admin.ts';
import type { TaskCommands, TaskQueries, TaskResults } from './tasks/task-services.ts';
import type { WaitingTasks } from './tasks/waiting-tasks.ts';

/** What the routes stand on. */
export interface Services {
  readonly taskCommands: TaskCommands;
  readonly taskQueries: TaskQueries;
  readonly taskResults: TaskResults;
  readonly lambdas: LambdaCatalog;
  readonly nodes: NodeAdmin;
  readonly streams: OpenStreams;
  readonly waitingTasks: WaitingTasks;
}
