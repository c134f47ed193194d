import { createLogReader, type LogReader } from '@greencloud/event-log';
import { createGrpcClient, type GrpcClient, type Tls, withMappedErrors } from '@greencloud/grpc';
import {
  LambdaCatalogServiceClient,
  type LambdaCatalogServiceService,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import {
  NodeAdminServiceClient,
  type NodeAdminServiceService,
} from '@greencloud/proto/node/v1/node_admin';
import {
  TaskCommandServiceClient,
  type TaskCommandServiceService,
} from '@greencloud/proto/task/v1/task_command';
import {
  TaskQueryServiceClient,
  type TaskQueryServiceService,
} from '@greencloud/proto/task/v1/task_query';
import type { Logger } from '@greencloud/runtime';
import { refusalOfOwnRights } from './own-rights.ts';

export type TaskCommandClient = GrpcClient<TaskCommandServiceService>;
export type TaskQueryClient = GrpcClient<TaskQueryServiceService>;
export type LambdaCatalogClient = GrpcClient<LambdaCatalogServiceService>;
export type NodeAdminClient = GrpcClient<NodeAdminServiceService>;

/** `host:port` of each service, several with commas between. */
export interface BackendAddresses {
  readonly taskCommand: string;
  readonly projection: string;
  readonly scheduler: string;
  readonly lambdaCatalog: string;
}

export interface Backends {
  readonly taskCommand: TaskCommandClient;
  readonly taskQuery: TaskQueryClient;
  readonly eventLog: ResultReader;
  readonly lambdaCatalog: LambdaCatalogClient;
  readonly nodeAdmin: NodeAdminClient;
  /** Resolves when every service has answered, or after `withinMs` with the names of the others. */
  connected(withinMs: number, signal: AbortSignal): Promise<string[]>;
  close(): void;
}

// Long enough for a service that is started again at once, short enough for a caller to wait.
const deadlineMs = 5_000;

export interface BackendOptions {
  readonly addresses: BackendAddresses;
  readonly tls: Tls | undefined;
  readonly logger: Logger;
}

export function connectBackends({ addresses, tls, logger }: BackendOptions): Backends {
  const ownRights = (service: string) => refusalOfOwnRights(service, logger);
  // Idempotent calls wait for a server that is away and are repeated; the others fail at once.
  const taskCommand = createGrpcClient(TaskCommandServiceClient, addresses.taskCommand, {
    tls: tls?.to('task-command'),
    deadlineMs,
    idempotent: ['issueTasks', 'cancelTasks'],
    calls: 'over streams',
  });
  const taskQuery = createGrpcClient(TaskQueryServiceClient, addresses.projection, {
    tls: tls?.to('projection'),
    deadlineMs,
    idempotent: ['batchGetTasks', 'listTasks', 'getTaskHistory', 'countTasks'],
    calls: 'over streams',
  });
  const lambdaCatalog = createGrpcClient(LambdaCatalogServiceClient, addresses.lambdaCatalog, {
    tls: tls?.to('lambda-catalog'),
    deadlineMs,
    calls: 'over streams',
    idempotent: [
      'resolveLambdas',
      'createLambda',
      'getLambda',
      'listLambdas',
      'updateLambda',
      'getCapabilities',
      'setCapabilities',
    ],
  });
  const nodeAdmin = createGrpcClient(NodeAdminServiceClient, addresses.scheduler, {
    tls: tls?.to('scheduler'),
    deadlineMs,
    idempotent: ['listNodes', 'countNodes', 'disableNode', 'restoreNode', 'drainNode'],
  });
  const eventLog = createLogReader(addresses.taskCommand, { tls: tls?.to('task-command') });
  const clients = { taskCommand, taskQuery, lambdaCatalog, nodeAdmin };
  return {
    taskCommand: withMappedErrors(taskCommand, ownRights('task-command')),
    taskQuery: withMappedErrors(taskQuery, ownRights('projection')),
    lambdaCatalog: withMappedErrors(lambdaCatalog, ownRights('lambda-catalog')),
    nodeAdmin: withMappedErrors(nodeAdmin, ownRights('scheduler')),
    eventLog: resultsOf(eventLog, ownRights('task-command')),
    connected: (withinMs, signal) => missingOf(clients, { withinMs, signal }),
    close() {
      for (const client of Object.values(clients)) client.close();
      eventLog.close();
    },
  };
}

/** The one thing that is read from the log here. */
export type ResultReader = Pick<LogReader, 'getResults'>;

function resultsOf(eventLog: LogReader, mapError: (error: unknown) => unknown): ResultReader {
  return {
    getResults: (keys, call) =>
      eventLog.getResults(keys, call).catch((error: unknown) => {
        throw mapError(error);
      }),
  };
}

type Connectable = Pick<GrpcClient<TaskQueryServiceService>, 'ready'>;

async function missingOf(
  clients: Readonly<Record<string, Connectable>>,
  within: { withinMs: number; signal: AbortSignal },
): Promise<string[]> {
  const answers = Object.entries(clients).map(async ([name, client]) =>
    client.ready(within).then(
      () => [],
      () => [name],
    ),
  );
  return (await Promise.all(answers)).flat();
}
