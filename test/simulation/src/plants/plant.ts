import type { Bus } from '@greencloud/bus';
import type { MemoryNats } from '@greencloud/bus/testing';
import type { LogReader } from '@greencloud/event-log';
import type { GrpcService } from '@greencloud/grpc';
import type { FaultKind, Load } from '../faults/swarm.ts';
import type { Ledger } from '../invariants/ledger.ts';
import type { InvariantName } from '../invariants/violations.ts';
import type { Query } from '../postgres/dialect.ts';
import type { Statement } from '../postgres/statement.ts';
import type { SchedulerClient } from '../product/node-agent.ts';
import type { createSweeps, Scheduler, TaskCommands } from '../product/scheduler.ts';

type SweepPorts = Parameters<typeof createSweeps>[0];

/**
 * A fault that somebody might program, put in from outside through the ports. The product has no
 * switch for any of them, and each run has at most one.
 */
export interface Plant {
  readonly name: string;
  /** Which invariants it breaks; the others must hold until then. */
  readonly breaks: readonly InvariantName[];
  /** The faults under which it shows; whatever a seed draws when it shows under most. */
  readonly under?: readonly FaultKind[];
  /** Of the clients, under these faults; `busy` when it is left out. */
  readonly load?: Load;
  readonly statement?: (statement: Statement) => Statement;
  readonly statements?: readonly Statement[];
  readonly query?: (query: Query) => Query;
  readonly nats?: (nats: MemoryNats) => void;
  readonly bus?: (bus: Bus) => Bus;
  readonly reader?: (reader: LogReader) => LogReader;
  readonly service?: (service: GrpcService, ledger: Ledger) => GrpcService;
  readonly commands?: (commands: TaskCommands) => TaskCommands;
  readonly scheduler?: (scheduler: Scheduler) => void;
  readonly sweeps?: (ports: SweepPorts) => SweepPorts;
  readonly node?: (client: SchedulerClient) => SchedulerClient;
  readonly client?: 'asks anew after a time-out';
}

export const nothingPlanted: Plant = { name: 'nothing', breaks: [] };
