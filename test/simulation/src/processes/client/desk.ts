import type { GrpcClient } from '@greencloud/grpc';
import type { EventLogServiceService } from '@greencloud/proto/eventlog/v1/event_log';
import type { TaskCommandServiceService } from '@greencloud/proto/task/v1/task_command';
import type { TaskQueryServiceService } from '@greencloud/proto/task/v1/task_query';
import type { Life } from '../../time/life.ts';
import type { House } from '../house.ts';

/** What a client works with: its own life, the services, and the ledger of all that is observed. */
export interface Desk {
  readonly house: House;
  readonly life: Life;
  readonly commands: GrpcClient<TaskCommandServiceService>;
  readonly queries: GrpcClient<TaskQueryServiceService>;
  readonly log: GrpcClient<EventLogServiceService>;
}

/** After these a client does not know what became of its command: it asks again. */
export const unknown: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  'INTERNAL',
  'CANCELLED',
]);
