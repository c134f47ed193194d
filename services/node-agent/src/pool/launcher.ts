import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import { Sandbox } from '../sandbox/sandbox.ts';
import type { Launched } from './launched.ts';
import type { SandboxSpec } from './pool-options.ts';

export interface LauncherOptions {
  readonly plan: (memoryMib: number) => LaunchPlan;
  readonly loadLimitMs: number;
  /** Processes that may come up at the same time. */
  readonly startsAtOnce: number;
  /** A load takes so long that it should not hold up others. */
  readonly onSlow: () => void;
}

// A module that only defines things loads in 2 ms.
const QUICK_LOAD_MS = 50;

/** Starts processes and loads code into them, a few at a time. */
export class Launcher {
  readonly #options: LauncherOptions;
  #starts = 0;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  get load(): 'idle' | 'some' | 'full' {
    if (this.#starts >= this.#options.startsAtOnce) return 'full';
    return this.#starts > 0 ? 'some' : 'idle';
  }

  /** Undefined without file descriptors or processes for it. */
  spawn(memoryMib: number): Sandbox | undefined {
    try {
      return new Sandbox(this.#options.plan(memoryMib));
    } catch {
      return undefined;
    }
  }

  /** Loads the code as soon as the process has started. */
  async fill(sandbox: Sandbox, { code }: SandboxSpec): Promise<Launched> {
    this.#starts += 1;
    const loading = this.#load(sandbox, code);
    await sandbox.started;
    const slow = sleep(QUICK_LOAD_MS, 'slow' as const, { ref: false });
    const pace = await Promise.race([loading, slow]);
    this.#starts -= 1;
    // The load runs the lambda's own code: one that takes its time must not hold up others.
    if (pace === 'slow') this.#options.onSlow();
    return loading;
  }

  async #load(sandbox: Sandbox, code: Uint8Array): Promise<Launched> {
    const started = await sandbox.started;
    if (started.kind !== 'started') return started;
    const loaded = await sandbox.load(code, this.#options.loadLimitMs);
    return loaded.kind === 'ready' ? { kind: 'ready', sandbox } : loaded;
  }
}
