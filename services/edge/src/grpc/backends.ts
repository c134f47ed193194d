import { createLogReader, type LogReader } from '@greencloud/event-log';
import { createGrpcClient, type GrpcClient, type Tls } from '@greencloud/grpc';
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
  readonly eventLog: LogReader;
  readonly lambdaCatalog: LambdaCatalogClient;
  readonly nodeAdmin: NodeAdminClient;
  /** Resolves when every service has answered, or after `withinMs` with the names of the others. */
  connected(withinMs: number, signal: AbortSignal): Promise<string[]>;
  close(): void;
}

// Long enough for a service that is started again at once, short enough for a caller to wait.
const deadlineMs = 5_000;

export function connectBackends(addresses: BackendAddresses, tls?: Tls): Backends {
  // Idempotent calls wait for a server that is away and are repeated; the others fail at once.
  const taskCommand = createGrpcClient(TaskCommandServiceClient, addresses.taskCommand, {
    tls: tls?.to('task-command'),
    deadlineMs,
    idempotent: ['issueTasks', 'cancelTasks'],
  });
  const taskQuery = createGrpcClient(TaskQueryServiceClient, addresses.projection, {
    tls: tls?.to('projection'),
    deadlineMs,
    idempotent: ['batchGetTasks', 'listTasks', 'getTaskHistory', 'countTasks'],
  });
  const lambdaCatalog = createGrpcClient(LambdaCatalogServiceClient, addresses.lambdaCatalog, {
    tls: tls?.to('lambda-catalog'),
    deadlineMs,
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
    ...clients,
    eventLog,
    connected: (withinMs, signal) => missingOf(clients, { withinMs, signal }),
    close() {
      for (const client of Object.values(clients)) client.close();
      eventLog.close();
    },
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
