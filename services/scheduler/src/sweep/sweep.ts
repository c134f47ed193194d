import { type Cancel, every, type World } from '../world.ts';

/** One thing that is looked after again and again; doing it twice, or on two replicas, is harmless. */
export interface Sweep {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void> | void;
}

export interface SweeperOptions {
  readonly world: World;
  readonly sweeps: readonly Sweep[];
  readonly onFailure: (name: string, error: unknown) => void;
}

/** Runs each sweep at its own jittered pace, never over itself. */
export function startSweeps({ world, sweeps, onFailure }: SweeperOptions): Cancel {
  const cancels = sweeps.map((sweep) => {
    let state: 'idle' | 'running' = 'idle';
    return every(world, sweep.everyMs, () => {
      if (state === 'running') return;
      state = 'running';
      void runOnce(sweep, onFailure).then(() => {
        state = 'idle';
      });
    });
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}

async function runOnce(sweep: Sweep, onFailure: SweeperOptions['onFailure']): Promise<void> {
  try {
    await sweep.run();
  } catch (error) {
    onFailure(sweep.name, error);
  }
}
