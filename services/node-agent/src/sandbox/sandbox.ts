import { Execution, type LambdaRequest } from './execution.ts';
import { drawExecutionNumber } from './execution-numbers.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { describeEnd, type Loaded, type Outcome, type Started } from './outcome.ts';
import { MAX_OUTPUT_BYTES, OutputMeter } from './output-meter.ts';
import { FrameError, FrameReader } from './runner/frames.mjs';
import { decodeSandboxMessage, type SandboxMessage } from './runner/from-sandbox.mjs';
import { MAX_SANDBOX_FRAME_BYTES } from './runner/protocol.mjs';
import { encodeAbort, encodeExecute, encodeLoad } from './runner/to-sandbox.mjs';
import { SandboxProcess } from './sandbox-process.ts';
import { within } from './within.ts';

const START_LIMIT_MS = 10_000;

// Time for a lambda's own abort handlers; a polite one keeps its sandbox warm.
const ABORT_GRACE_MS = 100;

type State =
  | { readonly name: 'starting'; readonly started: (started: Started) => void }
  | { readonly name: 'blank' }
  | { readonly name: 'loading'; readonly loaded: (loaded: Loaded) => void }
  | { readonly name: 'idle' }
  | { readonly name: 'busy'; readonly execution: Execution }
  | { readonly name: 'ended' };

/**
 * One process that holds one version of one tenant's code and executes its tasks one at a time.
 * Whatever comes out of it is taken for hostile: at the first byte that the runner would not have
 * sent, the process is killed and its task has crashed.
 */
export class Sandbox {
  readonly #plan: LaunchPlan;
  readonly #abortGraceMs: number;
  readonly #process: SandboxProcess;
  /** The first thing to wait for. */
  readonly started: Promise<Started>;
  readonly #output = new OutputMeter();
  readonly #reader: FrameReader;
  #state: State;
  #life: 'alive' | 'dying' = 'alive';
  #executions = 0;
  #busyMs = 0;
  #rest: 'awake' | 'frozen' = 'awake';
  #violation = '';

  constructor(plan: LaunchPlan, abortGraceMs = ABORT_GRACE_MS) {
    this.#plan = plan;
    this.#abortGraceMs = abortGraceMs;
    const { promise, resolve } = Promise.withResolvers<Started>();
    this.started = within(START_LIMIT_MS, promise, () => this.kill());
    this.#state = { name: 'starting', started: resolve };
    this.#reader = new FrameReader(MAX_SANDBOX_FRAME_BYTES, (kind, body) =>
      this.#receive(decodeSandboxMessage(kind, body)),
    );
    this.#process = new SandboxProcess(plan, {
      onData: (chunk) => this.#read(chunk),
      onOutput: (chunk) => this.#measure(chunk),
    });
    void this.#process.ended.then((end) => {
      this.#end(this.#violation || describeEnd(end, this.#output.tail, plan.memoryMib));
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  get memoryMib(): number {
    return this.#plan.memoryMib;
  }

  /** `ended` from the moment it is doomed. */
  get state(): State['name'] {
    return this.#life === 'dying' ? 'ended' : this.#state.name;
  }

  /** Tasks begun here: a crash in a used sandbox may be an earlier task's doing. */
  get executions(): number {
    return this.#executions;
  }

  /** Time spent in tasks that have ended. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** What the present or last task printed, its end. */
  get output(): string {
    return this.#output.tail;
  }

  get ended(): Promise<unknown> {
    return this.#process.ended;
  }

  /** Once, when it has started. A module that is not ready within the limit is killed. */
  load(code: Uint8Array, limitMs: number): Promise<Loaded> {
    if (this.state === 'ended') return Promise.resolve({ kind: 'ended', detail: 'it had ended' });
    const { promise, resolve } = Promise.withResolvers<Loaded>();
    this.#state = { name: 'loading', loaded: resolve };
    this.#process.send(encodeLoad(code));
    return within(limitMs, promise, () => {
      resolve({ kind: 'timed-out' });
      this.kill();
    });
  }

  /** Only when idle. Never rejects; `state` says afterwards whether the sandbox can be used again. */
  run(request: LambdaRequest): Promise<Outcome> {
    this.#executions += 1;
    const execution = new Execution({
      number: drawExecutionNumber(),
      timeoutMs: request.timeoutMs,
      onProgress: request.onProgress,
      onDeadline: () => this.#abort(execution, 'deadline'),
    });
    this.#output.restart();
    this.#state = { name: 'busy', execution };
    const deadline = Date.now() + request.timeoutMs;
    this.#process.send(encodeExecute({ ...request, number: execution.number, deadline }));
    return execution.outcome;
  }

  /** Between two tasks: it gets no CPU until `wake`. */
  rest(): void {
    if (this.#plan.betweenTasks === 'runs' || this.#rest === 'frozen') return;
    this.#rest = 'frozen';
    this.#process.freeze();
  }

  wake(): void {
    if (this.#rest === 'awake') return;
    this.#rest = 'awake';
    this.#process.thaw();
  }

  /** Ends what runs, with a moment for its abort handlers. */
  cancel(): void {
    if (this.#state.name === 'busy') this.#abort(this.#state.execution, 'cancel');
  }

  /** Ends the process group at once. */
  kill(): void {
    if (this.#state.name === 'busy') this.#state.execution.condemn({ kind: 'stopped' });
    this.#doom();
  }

  #abort(execution: Execution, reason: 'cancel' | 'deadline'): void {
    execution.condemn(reason === 'cancel' ? { kind: 'stopped' } : { kind: 'timed-out' });
    this.#process.send(encodeAbort(execution.number, reason));
    const grace = setTimeout(() => this.#doom(), this.#abortGraceMs);
    void execution.outcome.then(() => clearTimeout(grace));
  }

  #read(chunk: Buffer): void {
    if (this.#violation !== '') return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#violate(`the lambda broke its sandbox's protocol: ${error.message}`);
    }
  }

  #measure(chunk: Buffer): void {
    if (this.#output.add(chunk) === 'within') return;
    this.#violate(`the lambda printed more than ${MAX_OUTPUT_BYTES} bytes`);
  }

  #receive(message: SandboxMessage): void {
    if (message.kind === 'broken') return this.#violate(message.detail);
    switch (this.#state.name) {
      case 'starting':
        return this.#receiveStarted(message, this.#state.started);
      case 'loading':
        return this.#receiveLoaded(message, this.#state.loaded);
      case 'busy':
        return this.#receiveOf(message, this.#state.execution);
      case 'blank':
      case 'idle':
        throw new FrameError(`a message (${message.kind}) while no task runs`);
      case 'ended':
        return undefined;
    }
  }

  #receiveStarted(message: SandboxMessage, started: (started: Started) => void): void {
    if (message.kind !== 'started') throw new FrameError(`${message.kind} before the start`);
    this.#state = { name: 'blank' };
    started({ kind: 'started' });
  }

  #receiveLoaded(message: SandboxMessage, loaded: (loaded: Loaded) => void): void {
    if (message.kind === 'ready') {
      this.#state = { name: 'idle' };
      return loaded({ kind: 'ready' });
    }
    if (message.kind !== 'loadFailed') throw new FrameError(`${message.kind} before the load`);
    loaded({ kind: 'failed', detail: message.detail });
    return this.kill();
  }

  #receiveOf(message: SandboxMessage, execution: Execution): void {
    if (!('number' in message) || message.kind === 'loadFailed') {
      throw new FrameError(`a message (${message.kind}) in the middle of a task`);
    }
    if (message.number !== execution.number) throw new FrameError('a message of another task');
    if (message.kind === 'progress') {
      if (execution.progress(message.percent) === 'flood')
        throw new FrameError('a flood of progress');
      return;
    }
    this.#state = { name: 'idle' };
    this.#busyMs += execution.elapsedMs;
    if (message.kind === 'answer') execution.settle({ kind: 'answered', ...message.answer });
    else execution.settle({ kind: 'failed', detail: message.detail });
  }

  #violate(detail: string): void {
    if (this.#violation !== '') return;
    this.#violation = detail;
    this.#doom();
  }

  #doom(): void {
    this.#life = 'dying';
    this.#process.kill();
  }

  #end(detail: string): void {
    const state = this.#state;
    this.#state = { name: 'ended' };
    if (state.name === 'busy') state.execution.settle({ kind: 'crashed', detail });
    if (state.name === 'loading') state.loaded({ kind: 'ended', detail });
    if (state.name === 'starting') {
      // Nothing but the launcher (sh, bwrap, Node) has spoken yet.
      state.started({ kind: 'unavailable', detail: this.#output.tail.trim() || detail });
    }
  }
}
