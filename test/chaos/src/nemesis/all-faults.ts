import type { ChaosStack } from '../servers/chaos-stack.ts';
import type { Fault } from './fault.ts';
import { jetStreamFaults } from './jetstream-faults.ts';
import { backendsEnded } from './postgres-faults.ts';
import { processFaults } from './process-faults.ts';
import { rollingRestart } from './rolling-restart.ts';
import { serverFaults } from './server-faults.ts';

export function allFaults(chaos: ChaosStack): Fault[] {
  return [
    ...processFaults(chaos.replicas),
    ...serverFaults(chaos),
    backendsEnded(chaos.databaseUrl),
    ...jetStreamFaults(chaos.nats.url),
    rollingRestart(chaos.replicas),
  ];
}
