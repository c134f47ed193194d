import { randomUUID } from 'node:crypto';
import type { NodeId } from '@greencloud/domain';
import { createSignal, type Health, type Logger, type Metrics, sleep } from '@greencloud/runtime';
import type { Attempts } from '../attempts/attempts.ts';
import type { Execution } from '../attempts/execute-attempt.ts';
import type { SchedulerClient } from '../grpc/scheduler-client.ts';
import { hasten } from '../session/haste.ts';
import { keepConnected } from '../session/keep-connected.ts';
import { Lease } from '../session/lease.ts';
import type { NodeOffer, Order, SessionStream, Welcome } from '../session/messages.ts';
import { ReportOutbox } from '../session/report-outbox.ts';
import { runSession } from '../session/session.ts';
import { type AgentMetrics, createAgentMetrics } from './agent-metrics.ts';
import { obey } from './obey.ts';
import { createWork } from './work.ts';

export interface AgentOptions {
  readonly nodeId: NodeId;
  readonly offer: NodeOffer;
  readonly scheduler: SchedulerClient;
  readonly execution: Omit<Execution, 'onProgress' | 'onOutput'>;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const FLUSH_LIMIT_MS = 2_000;
/** For the scheduler to end the stream from its side. */
const END_LIMIT_MS = 500;

/** A node: keeps a session with the scheduler and runs what it is given. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #bootId = randomUUID();
  readonly #outgoing = createSignal();
  readonly #acknowledged = createSignal();
  readonly #outbox = new ReportOutbox(hasten(() => this.#outgoing.notify()));
  readonly #lease = new Lease(() => this.#fenceOneself());
  readonly #metrics: AgentMetrics;
  readonly #attempts: Attempts;
  readonly #stopping = new AbortController();
  readonly #welcomed = Promise.withResolvers<void>();
  #stream: SessionStream | undefined;
  #link: 'cut' | 'connected' = 'cut';
  #state: 'working' | 'draining' = 'working';
  #sessions: Promise<void> = Promise.resolve();

  constructor(options: AgentOptions) {
    const { metrics, health, execution, offer } = options;
    this.#options = options;
    this.#metrics = createAgentMetrics(metrics, {
      attempts: () => this.#attempts.size,
      isolation: offer.isolation,
      pool: execution.pool,
      outbox: this.#outbox,
    });
    this.#attempts = createWork({ ...options, outbox: this.#outbox, metrics: this.#metrics });
    health.addCheck('scheduler', () =>
      this.#link === 'connected' ? undefined : 'no session with a scheduler',
    );
  }

  /** Resolves at the first welcome. */
  get welcomed(): Promise<void> {
    return this.#welcomed.promise;
  }

  start(): void {
    const { logger } = this.#options;
    const connect = () => this.#connect();
    this.#sessions = keepConnected({ connect, logger }, this.#stopping.signal);
  }

  /**
   * Takes nothing more, lets what runs finish within the limit, gives the rest back, and ends the
   * session when all of it is acknowledged.
   */
  async drain(limitMs: number): Promise<void> {
    this.#state = 'draining';
    this.#attempts.beginDrain();
    this.#tellDraining();
    const done = new AbortController();
    await Promise.race([this.#attempts.whenIdle(), sleep(limitMs, done.signal)]);
    done.abort();
    this.#attempts.endDrain();
    await this.#flush();
    await this.#stop();
  }

  async #flush(): Promise<void> {
    const limit = AbortSignal.timeout(FLUSH_LIMIT_MS);
    while (this.#outbox.size > 0 && !limit.aborted) await this.#acknowledged.wait(limit);
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent stops'));
    this.#lease.stop();
    this.#stream?.end();
    const done = new AbortController();
    await this.#options.execution.pool.close();
    await Promise.race([this.#sessions, sleep(END_LIMIT_MS, done.signal)]);
    done.abort();
    this.#stream?.cancel();
    await this.#sessions;
    this.#options.scheduler.close();
  }

  async #connect(): Promise<void> {
    const stream = this.#options.scheduler.connect();
    this.#stream = stream;
    try {
      await this.#converse(stream);
    } catch (error) {
      if (this.#link === 'cut') throw error;
      this.#options.logger.warn({ err: error }, 'the session broke');
    } finally {
      this.#link = 'cut';
      stream.cancel();
    }
  }

  #converse(stream: SessionStream): Promise<void> {
    const { nodeId, offer } = this.#options;
    const running = [...this.#attempts.keys(), ...this.#outbox.ended()];
    return runSession({
      stream,
      hello: { kind: 'hello', nodeId, bootId: this.#bootId, offer, running },
      outbox: this.#outbox,
      outgoing: this.#outgoing,
      lease: this.#lease,
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onAcknowledged: () => this.#acknowledged.notify(),
      onOrder: (order) => this.#obey(order),
    });
  }

  #onWelcome({ sessionEpoch, fenceAfterMs }: Welcome): void {
    const session = { sessionEpoch: String(sessionEpoch), fenceAfterMs };
    this.#options.logger.info({ ...session, attempts: this.#attempts.size }, 'in session');
    this.#link = 'connected';
    this.#metrics.welcomed();
    this.#welcomed.resolve();
    if (this.#state === 'draining') this.#tellDraining();
  }

  #obey(order: Order): void {
    obey(order, {
      attempts: this.#attempts,
      outbox: this.#outbox,
      pool: this.#options.execution.pool,
      metrics: this.#metrics,
      logger: this.#options.logger,
    });
  }

  /** Nobody has answered for so long that the scheduler may have given our attempts to others. */
  #fenceOneself(): void {
    const fenced = this.#attempts.fenceRunning();
    this.#metrics.fenced(fenced.length);
    this.#options.logger.warn({ attempts: fenced.length }, 'no answer: stopped all attempts');
    this.#stream?.cancel();
  }

  #tellDraining(): void {
    if (this.#link === 'cut') return;
    this.#stream?.send({ kind: 'draining' }).catch(() => undefined);
  }
}
