import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { kill } from 'node:process';
import { type Duplex, type Readable, Writable } from 'node:stream';
import type { LaunchPlan } from './launch-plan.ts';
import { SECCOMP_FD } from './seccomp-filter.ts';

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Set when it could not be started at all. */
  readonly error?: Error;
}

export interface ProcessEvents {
  readonly onData: (chunk: Buffer) => void;
  /** stdout and stderr alike. */
  readonly onOutput: (chunk: Buffer) => void;
}

const CHANNEL_FD = 3;
const PIPE_LIMIT_MS = 1_000;
// The kernel's overflow id: owns no file on any system.
const NOBODY = 65_534;

/** The process group of one sandbox: what goes in and out of it, and its end. Knows no protocol. */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  #group: 'alive' | 'gone' = 'alive';
  /** Resolves when the process has gone and all that it wrote has been handed on. */
  readonly ended: Promise<ProcessEnd>;

  constructor(plan: LaunchPlan, events: ProcessEvents) {
    // Detached makes it the leader of its own group, so that one kill reaches all of it.
    this.#child = spawn(plan.command, plan.args, {
      detached: true,
      ...(plan.user === 'nobody' ? { uid: NOBODY, gid: NOBODY } : {}),
      env: { TZ: 'UTC' },
      cwd: '/',
      stdio: pipesOf(plan),
    });
    this.#handOver(plan.filter);
    this.ended = endOf(this.#child);
    this.#channel = this.#child.stdio[CHANNEL_FD] as Duplex;
    listen(this.#channel, events.onData);
    for (const output of this.#readables().slice(1)) listen(output, events.onOutput);
    // Whatever it has started dies with it. Nothing should be left; nothing relies on that.
    this.#child.once('exit', () => {
      this.#signalGroup('SIGKILL');
      this.#group = 'gone';
    });
  }

  /** The leader of the process group; 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(frame: Buffer): void {
    this.#channel.write(frame);
  }

  /** SIGKILL to the whole group. A sandbox is never asked to end: its code is not ours. */
  kill(): void {
    this.#signalGroup('SIGKILL');
    for (const stream of this.#readables()) stream.removeAllListeners('data').resume();
    // The pipes' end is how we know that the innermost process has gone too: the leader, bwrap,
    // goes a few ms before it. Should one survive the kill, its pipe must not hold us for ever.
    setTimeout(() => {
      for (const stream of this.#readables()) stream.destroy();
    }, PIPE_LIMIT_MS).unref();
  }

  #handOver(filter: Buffer | undefined): void {
    const pipe = this.#child.stdio[SECCOMP_FD];
    if (!(pipe instanceof Writable)) return;
    // It was gone before it could read; its end says why.
    pipe.on('error', () => undefined);
    pipe.end(filter, () => pipe.destroy());
  }

  #readables(): Readable[] {
    const { stdout, stderr } = this.#child;
    return [this.#channel, stdout, stderr].filter((stream) => stream !== null);
  }

  /** Stops the whole group until `thaw`: a few microseconds each. */
  freeze(): void {
    this.#signalGroup('SIGSTOP');
  }

  thaw(): void {
    this.#signalGroup('SIGCONT');
  }

  #signalGroup(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    // After its end the id may be another's.
    if (this.pid === 0 || this.#group === 'gone') return;
    try {
      kill(-this.pid, signal);
    } catch {
      // Gone already.
    }
  }
}

function pipesOf({ filter }: LaunchPlan): StdioOptions {
  const pipes: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe'];
  return filter === undefined ? pipes : [...pipes, 'pipe'];
}

function listen(stream: Readable, onChunk: (chunk: Buffer) => void): void {
  stream.on('data', onChunk);
  // The process went away while we wrote or read; its end is what is acted on.
  stream.on('error', () => undefined);
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  try {
    const [code, signal] = await once(child, 'close');
    return { code, signal };
  } catch (error) {
    return { code: null, signal: null, error: error instanceof Error ? error : new Error('spawn') };
  }
}
