/** The scheduler with all that it needs, each a real process: Postgres, NATS, task-command, catalog. */
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  fold,
  parseTaskId,
  parseTenantId,
  type TaskEvent,
  type TaskState,
} from '@greencloud/domain';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import { createGrpcClient, type GrpcClient } from '@greencloud/grpc';
import {
  NodeAdminServiceClient,
  type NodeAdminServiceService,
} from '@greencloud/proto/node/v1/node_admin';
import {
  type IssueTask,
  TaskCommandServiceClient,
  type TaskCommandServiceService,
} from '@greencloud/proto/task/v1/task_command';
import {
  eventually,
  runProcess,
  startProcess,
  type TestDatabase,
  type TestNats,
  type TestProcess,
  withNats,
  withPostgres,
} from '@greencloud/testing';
import { TestNode, type TestNodeOptions } from './test-node.ts';

export const tenantId = '5f0000000000000000000001';
export const otherTenantId = '5f0000000000000000000002';

const entry = (service: string, file: string) =>
  fileURLToPath(new URL(`../../../${service}/src/${file}`, import.meta.url));

/** So quick that a test can wait for a lost node, and slow enough for a busy machine. */
const quick = {
  GC_HEARTBEAT_MS: '200',
  GC_FENCE_AFTER_MS: '2000',
  GC_LOST_AFTER_MS: '3000',
  GC_ACCEPT_WITHIN_MS: '10000',
  GC_DEADLINE_GRACE_MS: '60000',
};

export interface TestScheduler {
  readonly process: TestProcess;
  /** Its door for nodes. */
  readonly address: string;
  readonly admin: GrpcClient<NodeAdminServiceService>;
}

export class TestStack implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly nats: TestNats;
  readonly #env: Record<string, string>;
  readonly #processes: TestProcess[] = [];
  readonly #schedulers: TestScheduler[] = [];
  readonly #nodes: TestNode[] = [];
  readonly commands: GrpcClient<TaskCommandServiceService>;
  readonly log: LogReader;

  private constructor(
    database: TestDatabase,
    nats: TestNats,
    env: Record<string, string>,
    processes: TestProcess[],
  ) {
    this.database = database;
    this.nats = nats;
    this.#env = env;
    this.#processes = processes;
    const address = env['GC_TASK_COMMAND_ADDRESS'] ?? '';
    this.commands = createGrpcClient(TaskCommandServiceClient, address);
    this.log = createLogReader(address);
  }

  static async start(): Promise<TestStack> {
    const database = await withPostgres();
    const nats = await withNats();
    const env: Record<string, string> = {
      GC_DATABASE_URL: database.url,
      GC_NATS_URL: nats.url,
      GC_PARTITIONS: '4',
      GC_LOG_LEVEL: 'warn',
    };
    for (const service of ['task-command', 'lambda-catalog', 'scheduler']) {
      const { code, output } = await runProcess({ entry: entry(service, 'migrate.ts'), env });
      if (code !== 0) throw new Error(`${service} could not migrate: ${output}`);
    }
    const [log, catalog] = await Promise.all([
      startProcess({ entry: entry('task-command', 'main.ts'), env }),
      startProcess({ entry: entry('lambda-catalog', 'main.ts'), env }),
    ]);
    env['GC_TASK_COMMAND_ADDRESS'] = log.ready.grpc ?? '';
    env['GC_LAMBDA_CATALOG_ADDRESS'] = catalog.ready.grpc ?? '';
    return new TestStack(database, nats, env, [log, catalog]);
  }

  get catalogAddress(): string {
    return this.#env['GC_LAMBDA_CATALOG_ADDRESS'] ?? '';
  }

  async killLog(): Promise<void> {
    await this.#processes[0]?.kill('SIGKILL');
  }

  /** At the address that it had. */
  async startLog(): Promise<void> {
    const address = this.#env['GC_TASK_COMMAND_ADDRESS'] ?? '';
    const env = { ...this.#env, GC_GRPC_ADDRESS: address };
    this.#processes.push(await startProcess({ entry: entry('task-command', 'main.ts'), env }));
    // The client may still wait before it dials again; what comes next is not about that.
    await this.commands.ready({ withinMs: 10_000 });
  }

  async scheduler(
    replica = 'scheduler-0',
    env: Record<string, string> = {},
  ): Promise<TestScheduler> {
    const process = await startProcess({
      entry: entry('scheduler', 'main.ts'),
      env: { ...this.#env, ...quick, GC_REPLICA: replica, ...env },
    });
    const { grpc = '', nodes = '' } = process.ready;
    const admin = createGrpcClient(NodeAdminServiceClient, grpc);
    const scheduler = { process, address: nodes, admin };
    this.#schedulers.push(scheduler);
    return scheduler;
  }

  /** Enrols a node and answers how it logs in. */
  async enrol(
    { address, admin }: TestScheduler,
    nodeId: string = randomUUID(),
    owner = tenantId,
  ): Promise<{ address: string; nodeId: string; token: string }> {
    const key = { tenantId: owner, nodeId };
    const { token } = await admin.unary('enrolNode', { key, description: '' });
    return { address, nodeId, token };
  }

  /** Opens a session of a node that is enrolled. */
  async connect(options: TestNodeOptions): Promise<TestNode> {
    const node = new TestNode(options);
    this.#nodes.push(node);
    return await node.connect();
  }

  /** A node of its own, enrolled and connected. */
  async node(scheduler: TestScheduler, other: Partial<TestNodeOptions> = {}): Promise<TestNode> {
    return await this.connect({ ...(await this.enrol(scheduler)), ...other });
  }

  /** A node that opens no session. */
  stranger(options: TestNodeOptions): TestNode {
    const node = new TestNode(options);
    this.#nodes.push(node);
    return node;
  }

  /** Takes all nodes of a test away for good, and ends what they had. */
  async endNodes(): Promise<void> {
    for (const node of this.#nodes.splice(0)) node.break();
    const { rows } = await this.database.pool.query<{ task_id: string; tenant_id: string }>(
      'select task_id, tenant_id from task_command.stream_head where open',
    );
    const tasks = rows.map((row) => cancelItem(row.task_id, row.tenant_id));
    // Some of them have just finished.
    await this.commands.unary('cancelTasks', { tasks });
  }

  async endSchedulers(): Promise<void> {
    const ended = this.#schedulers.splice(0).map(({ process, admin }) => {
      admin.close();
      return process.stop();
    });
    await Promise.all(ended);
  }

  async resultOf(taskId: string): Promise<string> {
    const key = { tenantId: parseTenantId(tenantId), taskId: parseTaskId(taskId) };
    const [content] = await this.log.getResults([key]);
    return Buffer.from(content?.body ?? []).toString();
  }

  async issue(other: Partial<IssueTask> = {}): Promise<string> {
    const [taskId] = await this.issueMany(1, other);
    if (taskId === undefined) throw new Error('not issued');
    return taskId;
  }

  async issueMany(count: number, other: Partial<IssueTask> = {}): Promise<string[]> {
    const tasks = Array.from({ length: count }, () => issueItem(other));
    const { results } = await this.commands.unary('issueTasks', { tasks });
    return results.map(({ result }) => {
      if (result?.$case !== 'issued') throw new Error(JSON.stringify(result));
      return result.value.taskId;
    });
  }

  async cancel(taskId: string, owner = tenantId): Promise<void> {
    const tasks = [cancelItem(taskId, owner)];
    const { results } = await this.commands.unary('cancelTasks', { tasks });
    if (results[0]?.result?.$case !== 'appended') throw new Error(JSON.stringify(results));
  }

  async history(taskId: string): Promise<TaskEvent[]> {
    const id = parseTaskId(taskId);
    const events = (await this.log.readTasks([id])).get(id) ?? [];
    return events.map(({ event }) => {
      if (event.type === 'Unreadable') throw new Error(event.detail);
      return event;
    });
  }

  async types(taskId: string): Promise<string[]> {
    return (await this.history(taskId)).map(({ type }) => type);
  }

  /** The task once it is in a state. */
  reaches(taskId: string, status: TaskState['status'], timeoutMs = 10_000): Promise<TaskState> {
    return eventually(
      async () => {
        const state = fold(await this.history(taskId));
        return state.status === status && state;
      },
      { timeoutMs },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) node.break();
    this.commands.close();
    this.log.close();
    await this.endSchedulers();
    for (const process of this.#processes.toReversed()) await process.stop();
    await this.nats.close();
    await this.database.close();
  }
}

function cancelItem(taskId: string, owner: string) {
  return { taskId, commandId: randomUUID(), tenantId: owner };
}

function issueItem(other: Partial<IssueTask>): IssueTask {
  return {
    taskId: randomBytes(12).toString('hex'),
    commandId: randomUUID(),
    tenantId,
    lambdaId: '64058fee9956fae80d7e0e8e',
    codeVersion: '64058fee9956fae80d7e0e8f',
    timeoutSeconds: 10,
    capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
    idempotencyKey: '',
    requestHash: Buffer.alloc(0),
    ...other,
  };
}
