/** A scheduler for tests: the real protocol over a real socket, with the test as its mind. */
import { setImmediate as endOfTick } from 'node:timers/promises';
import { DomainError } from '@greencloud/domain';
import { type CallContext, type GrpcServer, service, startGrpcServer } from '@greencloud/grpc';
import {
  type Assignment,
  type ConnectRequest,
  type ConnectResponse,
  type Hello,
  NodeServiceService,
  type Report,
} from '@greencloud/proto/node/v1/node';
import { createHealth, createLogger, createSignal } from '@greencloud/runtime';

type Message = NonNullable<ConnectResponse['message']>;

export interface FixtureOptions {
  readonly address?: string;
  readonly heartbeatMs?: number;
  readonly fenceAfterMs?: number;
  readonly token?: string;
}

/** One stream as the scheduler sees it. */
export class SessionFixture {
  readonly hello: Hello;
  readonly reports: Report[] = [];
  readonly reportMessages: number[] = [];
  beats = 0;
  draining: 'no' | 'yes' = 'no';
  acks: 'at once' | 'never' = 'at once';
  heartbeats: 'answered' | 'ignored' = 'answered';
  state: 'open' | 'ended' = 'open';
  readonly #out: ConnectResponse[] = [];
  readonly #wake = createSignal();
  #end: 'no' | 'well' | 'broken' = 'no';

  constructor(hello: Hello) {
    this.hello = hello;
  }

  say(message: Message): void {
    this.#out.push({ message });
    this.#wake.notify();
  }

  assign(...assignments: Assignment[]): void {
    this.say({ $case: 'assignments', value: { assignments } });
  }

  cancel(taskId: string, attempt = 1): void {
    this.say({ $case: 'cancellations', value: { attempts: [{ taskId, attempt }] } });
  }

  fence(taskId: string, attempt = 1): void {
    this.say({ $case: 'fencings', value: { attempts: [{ taskId, attempt }] } });
  }

  acknowledge(upToSequence = this.reports.at(-1)?.sequence ?? 0n): void {
    this.say({ $case: 'reportAcks', value: { upToSequence } });
  }

  acknowledgeFromNowOn(): void {
    this.acks = 'at once';
    this.acknowledge();
  }

  break(how: 'well' | 'broken' = 'broken'): void {
    this.#end = how;
    this.#wake.notify();
  }

  /** The kinds of what was reported of a task, in order. */
  kindsOf(taskId: string): string[] {
    return this.reports.filter((r) => r.taskId === taskId).map((r) => r.report?.$case ?? '');
  }

  endOf(taskId: string) {
    const ends = this.reports.filter(({ report }) => report?.$case === 'finish');
    const report = ends.find((end) => end.taskId === taskId)?.report;
    return report?.$case === 'finish' ? report.value : undefined;
  }

  receive({ message }: ConnectRequest): void {
    if (message?.$case === 'draining') this.draining = 'yes';
    if (message?.$case === 'heartbeat') this.beats += 1;
    if (message?.$case === 'heartbeat' && this.heartbeats === 'answered') {
      this.say({ $case: 'heartbeatAck', value: message.value });
    }
    if (message?.$case !== 'reports') return;
    this.reports.push(...message.value.reports);
    this.reportMessages.push(message.value.reports.length);
    if (this.acks === 'at once') this.acknowledge();
  }

  async *messages(signal: AbortSignal): AsyncGenerator<ConnectResponse> {
    while (!signal.aborted && this.#end === 'no') {
      yield* this.#out.splice(0);
      await this.#wake.wait(signal);
      await endOfTick();
    }
    yield* this.#out.splice(0);
    if (this.#end === 'broken') throw new DomainError('UNAVAILABLE', 'broken by the test');
  }
}

export class SchedulerFixture {
  readonly sessions: SessionFixture[] = [];
  readonly code = new Map<string, string>();
  readonly codeRequests: string[] = [];
  readonly refused: string[] = [];
  readonly #options: FixtureOptions;
  #server: GrpcServer | undefined;

  constructor(options: FixtureOptions) {
    this.#options = options;
  }

  get address(): string {
    return this.#server?.address ?? '';
  }

  /** The latest session. */
  get session(): SessionFixture {
    const last = this.sessions.at(-1);
    if (last === undefined) throw new Error('no session yet');
    return last;
  }

  async start(): Promise<this> {
    this.#server = await startGrpcServer({
      address: this.#options.address ?? '127.0.0.1:0',
      services: [this.#service()],
      logger: createLogger({ service: 'scheduler-fixture', level: 'silent' }),
      health: createHealth(),
    });
    return this;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #service() {
    return service(NodeServiceService, {
      connect: (requests, call) => this.#connect(requests, call),
      getCode: async ({ codeVersion }) => {
        this.codeRequests.push(codeVersion);
        const code = this.code.get(codeVersion);
        if (code === undefined) throw new DomainError('NO_RUNNER', 'no such code');
        return { code: Buffer.from(code) };
      },
    });
  }

  async *#connect(requests: AsyncIterable<ConnectRequest>, call: CallContext) {
    this.#authenticate(call);
    const incoming = requests[Symbol.asyncIterator]();
    const first = await incoming.next();
    if (first.done === true || first.value.message?.$case !== 'hello') return;
    const session = new SessionFixture(first.value.message.value);
    const sessionEpoch = BigInt(this.sessions.push(session));
    const { heartbeatMs = 50, fenceAfterMs = 10_000 } = this.#options;
    const value = { sessionEpoch, heartbeatIntervalMs: heartbeatMs, fenceAfterMs };
    session.say({ $case: 'welcome', value });
    void read(incoming, session);
    yield* session.messages(call.signal);
  }

  #authenticate(call: CallContext): void {
    const given = String(call.metadata.get('authorization')[0]);
    if (given === `Bearer ${this.#options.token ?? 'node-token'}`) return;
    this.refused.push(given);
    throw new DomainError('NEEDS_LOGIN', 'a wrong token');
  }
}

async function read(incoming: AsyncIterator<ConnectRequest>, session: SessionFixture) {
  try {
    for (;;) {
      const { done, value } = await incoming.next();
      if (done === true) break;
      session.receive(value);
    }
    session.break('well');
  } catch {
    // The stream broke, as tests want it to.
  }
  session.state = 'ended';
}
