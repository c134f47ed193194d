import type { ChaosStack } from '../servers/chaos-stack.ts';
import { diskFull } from './disk-faults.ts';
import type { Fault, Harm, Target } from './fault.ts';
import { jetStreamFaults } from './jetstream-faults.ts';
import { backendsEnded } from './postgres-faults.ts';
import { processFaults } from './process-faults.ts';
import { rollingRestart } from './rolling-restart.ts';
import { serverFaults } from './server-faults.ts';

/** A fault that this machine cannot bear, which is no reason to be silent about it. */
export type NotRun = { readonly target: Target; readonly harm: Harm; readonly whyNot: string };

export type Arsenal = {
  readonly faults: readonly Fault[];
  readonly notRun: readonly NotRun[];
};

export function allFaults(chaos: ChaosStack): Arsenal {
  const { disk } = chaos;
  const everywhere = [
    ...processFaults(chaos.replicas),
    ...serverFaults(chaos),
    backendsEnded(chaos.databaseUrl),
    ...jetStreamFaults(chaos.nats.url),
    rollingRestart(chaos.replicas),
  ];
  if (disk.kind === 'mounted')
    return { faults: [...everywhere, diskFull({ ...chaos, disk })], notRun: [] };
  const notRun = [{ target: 'postgres', harm: 'disk full', whyNot: disk.whyNot } as const];
  return { faults: everywhere, notRun };
}
