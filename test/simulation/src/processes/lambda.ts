import type { NodeId } from '@greencloud/domain';
import type { Random } from '../chance/random.ts';
import type { Ledger } from '../invariants/ledger.ts';
import type {
  Acquired,
  LambdaRequest,
  NodeOffer,
  Outcome,
  Sandbox,
  SandboxPool,
  SandboxSpec,
} from '../product/node-agent.ts';
import type { Life } from '../time/life.ts';

export interface LambdasOptions {
  readonly nodeId: NodeId;
  readonly offer: Pick<NodeOffer, 'slots' | 'memSizeMib'>;
  readonly life: Life;
  readonly ledger: Ledger;
}

/** Stands in for the sandboxes: lambdas that take their time, fail, crash and never end. */
export function createSimulatedPool(options: LambdasOptions): SandboxPool {
  return new SimulatedPool(options) as unknown as SandboxPool;
}

/** As many sandboxes as slots and memory allow: a task whose place is still being left waits for it. */
class SimulatedPool {
  readonly #options: LambdasOptions;
  readonly #waiting: (() => void)[] = [];
  #memoryMib = 0;
  #state: 'open' | 'closed' = 'open';
  size = 0;
  readonly warm = 0;

  constructor(options: LambdasOptions) {
    this.#options = options;
  }

  canHold(memoryMib: number): boolean {
    return memoryMib <= this.#options.offer.memSizeMib;
  }

  async acquire({ memoryMib }: SandboxSpec): Promise<Acquired> {
    const { random } = this.#options.life;
    const askedAt = performance.now();
    while (!this.#hasRoomFor(memoryMib)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.size += 1;
    this.#memoryMib += memoryMib;
    await pause(random.between(1, 60));
    const sandbox = new SimulatedSandbox(this.#options, memoryMib, performance.now() - askedAt);
    const ready = { kind: 'ready', sandbox: sandbox as unknown as Sandbox } as const;
    if (this.#state === 'open' && !random.happens(0.01)) return ready;
    this.release(sandbox);
    return this.#state === 'closed'
      ? { kind: 'closed' }
      : { kind: 'unavailable', detail: 'no process' };
  }

  release({ memoryMib }: { readonly memoryMib: number }): void {
    this.size -= 1;
    this.#memoryMib -= memoryMib;
    for (const look of this.#waiting.splice(0)) look();
  }

  #hasRoomFor(memoryMib: number): boolean {
    const { slots, memSizeMib } = this.#options.offer;
    return this.size < slots && this.#memoryMib + memoryMib <= memSizeMib;
  }

  cool(): void {}

  async close(): Promise<void> {
    this.#state = 'closed';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

class SimulatedSandbox {
  readonly #options: LambdasOptions;
  readonly memoryMib: number;
  readonly #waitedMs: number;
  readonly output = '';
  executions = 0;
  #stop: ((outcome: Outcome) => void) | undefined;

  constructor(options: LambdasOptions, memoryMib: number, waitedMs: number) {
    this.#options = options;
    this.memoryMib = memoryMib;
    this.#waitedMs = waitedMs;
  }

  async run(request: LambdaRequest): Promise<Outcome> {
    const { ledger, nodeId, life } = this.#options;
    this.executions += 1;
    const { taskId, attempt } = request;
    const over = ledger.lambdaBegins({ nodeId, life, taskId, attempt, waitedMs: this.#waitedMs });
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#stop = resolve;
    const timers = planOf(request, life.random, nodeId, resolve);
    const outcome = await promise;
    for (const timer of timers) clearTimeout(timer);
    over();
    return outcome;
  }

  cancel(): void {
    const stop = this.#stop;
    setTimeout(() => stop?.({ kind: 'stopped' }), this.#options.life.random.between(0, 100));
  }

  kill(): void {
    this.#stop?.({ kind: 'stopped' });
  }
}

/** A short life as a rule; some lambdas never come to an end by themselves. */
function planOf(
  request: LambdaRequest,
  random: Random,
  nodeId: NodeId,
  end: (outcome: Outcome) => void,
): NodeJS.Timeout[] {
  const takesMs = random.weighted([
    [5, random.between(1, 80)],
    [3, random.between(80, 900)],
    [3, random.between(900, 4_000)],
    [1, Number.POSITIVE_INFINITY],
  ]);
  const steps = random.int(0, 3);
  const spanMs = Math.min(takesMs, request.timeoutMs);
  const progress = Array.from({ length: steps }, (_, index) => {
    const share = (index + 1) / (steps + 1);
    return setTimeout(() => request.onProgress(Math.ceil(share * 99)), share * spanMs);
  });
  const outcome = outcomeOf(request, random, nodeId);
  const last =
    takesMs < request.timeoutMs
      ? setTimeout(() => end(outcome), takesMs)
      : setTimeout(() => end({ kind: 'timed-out' }), request.timeoutMs);
  return [...progress, last];
}

/** The answer says who made it: what the log keeps must be of the attempt that finished. */
function outcomeOf({ taskId, attempt }: LambdaRequest, random: Random, nodeId: NodeId): Outcome {
  const body = Buffer.from(`${taskId} ${attempt} ${nodeId}`);
  return random.weighted<Outcome>([
    [8, { kind: 'answered', status: 200, contentType: 'text/plain', body }],
    [1, { kind: 'failed', detail: 'the lambda threw' }],
    [1, { kind: 'crashed', detail: 'the process ended' }],
  ]);
}
