/** A node for tests: the real protocol over a real socket, with the test as its mind. */
import { randomUUID } from 'node:crypto';
import { createGrpcClient, type Duplex, type GrpcClient } from '@greencloud/grpc';
import {
  type Assignment,
  type ConnectRequest,
  type ConnectResponse,
  EnergySource,
  Isolation,
  type NodeCapabilities,
  NodeServiceClient,
  type NodeServiceService,
  type Report,
  type RunningAttempt,
} from '@greencloud/proto/node/v1/node';
import { TaskOutcome, type ReleaseReason } from '@greencloud/proto/task/v1/task';
import { eventually } from '@greencloud/testing';

const capabilities: NodeCapabilities = {
  cpuCount: 4,
  memSize: 2_048,
  networkLatency: 10,
  privileged: false,
  slots: 1,
  energy: { source: EnergySource.ENERGY_SOURCE_GRID, carbonIntensity: 300 },
  isolation: Isolation.ISOLATION_NAMESPACE,
  trustedTenants: [],
  acceptsUntrusted: false,
};

export interface TestNodeOptions {
  readonly address: string;
  readonly nodeId: string;
  readonly token: string;
  readonly capabilities?: Partial<NodeCapabilities>;
  readonly running?: readonly RunningAttempt[];
  readonly bootId?: string;
  readonly heartbeats?: 'sent' | 'none';
  /** What it does with an assignment by itself. Default: accepts it and says that it runs. */
  readonly habit?: 'runs' | 'finishes' | 'nothing';
}

/** One session of a node. */
export class TestNode {
  readonly assignments: Assignment[] = [];
  readonly fenced: RunningAttempt[] = [];
  readonly cancelled: (RunningAttempt & { at: number })[] = [];
  readonly options: TestNodeOptions;
  epoch = 0n;
  ackedUpTo = 0n;
  drains = 0;
  beats = 0;
  /** Assignments in each message. */
  readonly messages: number[] = [];
  end: 'open' | 'ended' | Error = 'open';
  readonly #client: GrpcClient<NodeServiceService>;
  readonly #stream: Duplex<ConnectRequest, ConnectResponse>;
  #sequence = 0n;
  #beat: NodeJS.Timeout | undefined;

  constructor(options: TestNodeOptions) {
    this.options = options;
    const metadata = { authorization: `Bearer ${options.token}` };
    this.#client = createGrpcClient(NodeServiceClient, options.address, { metadata });
    this.#stream = this.#client.duplex('connect');
  }

  /** Resolves with the welcome; rejects with the refusal. */
  async connect(): Promise<this> {
    const { nodeId, running = [], bootId = randomUUID() } = this.options;
    const declared = { ...capabilities, ...this.options.capabilities };
    const hello = { nodeId, bootId, capabilities: declared, running: [...running] };
    await this.say({ $case: 'hello', value: hello });
    void this.#listen();
    await eventually(() => this.epoch > 0n || this.end !== 'open', { everyMs: 2 });
    if (this.end instanceof Error) throw this.end;
    return this;
  }

  say(message: ConnectRequest['message']): Promise<void> {
    return this.#stream.send({ message });
  }

  async report(attempt: RunningAttempt, ...bodies: Report['report'][]): Promise<bigint> {
    const { taskId, attempt: number } = attempt;
    const reports = bodies.map((report) => {
      this.#sequence += 1n;
      return { sequence: this.#sequence, taskId, attempt: number, report };
    });
    await this.say({ $case: 'reports', value: { reports } });
    return this.#sequence;
  }

  run(attempt: RunningAttempt): Promise<bigint> {
    const started = { $case: 'progress' as const, value: { percent: 0 } };
    return this.report(attempt, { $case: 'accepted', value: {} }, started);
  }

  finish(attempt: RunningAttempt, body = 'done'): Promise<bigint> {
    const value = {
      outcome: TaskOutcome.TASK_OUTCOME_SUCCEEDED,
      status: 200,
      detail: '',
      result: { contentType: 'text/plain', body: Buffer.from(body) },
    };
    return this.report(attempt, { $case: 'finish', value });
  }

  release(attempt: RunningAttempt, reason: ReleaseReason): Promise<bigint> {
    return this.report(attempt, { $case: 'release', value: { reason } });
  }

  /** The next assignment, or the one of a task. */
  assignment(taskId?: string, timeoutMs = 10_000): Promise<Assignment> {
    return eventually(
      () => {
        const found = this.assignments.find(
          (each) => taskId === undefined || each.taskId === taskId,
        );
        return found ?? false;
      },
      { everyMs: 2, timeoutMs },
    );
  }

  acked(sequence: bigint): Promise<unknown> {
    return eventually(() => this.ackedUpTo >= sequence, { everyMs: 2 });
  }

  async code(codeVersion: string): Promise<string> {
    return (await this.#client.unary('getCode', { codeVersion })).code.toString();
  }

  /** The connection is gone, without a word. */
  break(): void {
    clearInterval(this.#beat);
    this.#stream.cancel();
    this.#client.close();
  }

  /** Says good-bye in order. */
  async leave(): Promise<void> {
    await this.say({ $case: 'draining', value: {} });
    clearInterval(this.#beat);
    this.#stream.end();
  }

  async #listen(): Promise<void> {
    try {
      for await (const { message } of this.#stream.responses) this.#hear(message);
      this.end = 'ended';
    } catch (error) {
      this.end = error as Error;
    }
    clearInterval(this.#beat);
  }

  #hear(message: ConnectResponse['message']): void {
    switch (message?.$case) {
      case 'welcome':
        this.epoch = message.value.sessionEpoch;
        if (this.options.heartbeats !== 'none') this.#beatEvery(message.value.heartbeatIntervalMs);
        break;
      case 'assignments':
        this.assignments.push(...message.value.assignments);
        this.messages.push(message.value.assignments.length);
        for (const assignment of message.value.assignments) void this.#treat(assignment);
        break;
      case 'cancellations':
        this.cancelled.push(...message.value.attempts.map((a) => ({ ...a, at: Date.now() })));
        break;
      case 'fencings':
        this.fenced.push(...message.value.attempts);
        break;
      case 'reportAcks':
        this.ackedUpTo = message.value.upToSequence;
        break;
      case 'drain':
        this.drains += 1;
        break;
      case 'heartbeatAck':
        this.beats += 1;
        break;
      case undefined:
      default:
        break;
    }
  }

  async #treat(assignment: Assignment): Promise<void> {
    const { habit = 'runs' } = this.options;
    if (habit === 'nothing') return;
    await this.run(assignment);
    if (habit === 'finishes') await this.finish(assignment);
  }

  #beatEvery(ms: number): void {
    let sequence = 0n;
    this.#beat = setInterval(() => {
      sequence += 1n;
      this.say({ $case: 'heartbeat', value: { sequence } }).catch(() => undefined);
    }, ms);
  }
}
