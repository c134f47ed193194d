import { type ChildProcess, spawn } from 'node:child_process';
import { environment } from './environment.ts';

export type ProcessOptions = {
  /** Path of the .ts entry file; runs under this Node with our packages' sources. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Added to PATH and HOME; nothing else of the tests' environment reaches the process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How long it may take to say `ready` (default 20,000). */
  readonly timeoutMs?: number;
  /** Ends it by SIGKILL at the abort. */
  readonly signal?: AbortSignal;
};

/** What a service sends over IPC once it serves: its addresses. */
export type ReadyMessage = {
  readonly type: 'ready';
  readonly grpc?: string;
  readonly nodes?: string;
  readonly http?: string;
  readonly admin?: string;
};

export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

export type TestProcess = AsyncDisposable & {
  readonly pid: number;
  readonly ready: ReadyMessage;
  readonly exited: Promise<ProcessExit>;
  /** Everything it wrote to stdout and stderr so far. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<ProcessExit>;
  /** SIGTERM, and SIGKILL after 12 s: the stack gives itself 10. */
  stop(): Promise<ProcessExit>;
};

const STOP_LIMIT_MS = 12_000;

/** Starts one of our services as a real process and waits for its `ready` message. */
export async function startProcess(options: ProcessOptions): Promise<TestProcess> {
  const { child, exited, output } = launch(options);
  const ready = await readyOf(child, exited, output, options);
  const stop = () => end(child, exited);
  return {
    pid: pidOf(child),
    ready,
    exited,
    output,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Runs a program of ours (a migration, a command) to its end. */
export async function runProcess(
  options: ProcessOptions,
): Promise<ProcessExit & { output: string }> {
  const { child, exited, output } = launch(options);
  const limit = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const exit = await exited.finally(() => clearTimeout(limit));
  return { ...exit, output: output() };
}

type Launched = { child: ChildProcess; exited: Promise<ProcessExit>; output: () => string };

function launch({ entry, args = [], env = {}, cwd, signal }: ProcessOptions): Launched {
  const child = spawn(process.execPath, ['--conditions=@greencloud/source', entry, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, exited, output: () => Buffer.concat(chunks).toString() };
}

async function readyOf(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  output: () => string,
  { entry, timeoutMs = 20_000 }: ProcessOptions,
): Promise<ReadyMessage> {
  const said = new Promise<ReadyMessage>((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const first = await Promise.race([said, exited]).finally(() => clearTimeout(limit));
  if ('type' in first) return first;
  throw new Error(`${entry} ended before it was ready (${JSON.stringify(first)}):\n${output()}`);
}

function isReady(message: unknown): message is ReadyMessage {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
  );
}

async function end(child: ChildProcess, exited: Promise<ProcessExit>): Promise<ProcessExit> {
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  return exited.finally(() => clearTimeout(limit));
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process has no id');
  return child.pid;
}
