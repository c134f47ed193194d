import type { MemoryNats } from '@greencloud/bus/testing';
import { type NodeId, parseTaskId } from '@greencloud/domain';
import type { SchedulerClient } from '../product/node-agent.ts';
import type { Scheduler } from '../product/scheduler.ts';
import type { Topology } from '../processes/topology.ts';
import type { Tables } from '../postgres/statement.ts';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import { listenToAcks } from './ack-checks.ts';
import { Disturbances } from './disturbances.ts';
import { type Execution, Lambdas } from './lambdas.ts';
import { LogChecks } from './log-checks.ts';
import { Requests } from './requests.ts';
import { checkOrder } from './stream-checks.ts';
import { ViewChecks } from './view-checks.ts';
import { Violations } from './violations.ts';

/** Everything that is observed in a run, and the checks that are made while it goes on. */
export class Ledger {
  readonly violations: Violations;
  readonly requests = new Requests();
  readonly disturbances: Disturbances;
  readonly lambdas: Lambdas;
  readonly log: LogChecks;
  readonly views: ViewChecks;
  /** By partition: the highest position that its stream ever held. */
  readonly relayed = new Map<number, bigint>();
  /** Of the replicas that live. */
  readonly schedulers = new Map<Life, Scheduler>();

  constructor(world: World, topology: Topology) {
    this.violations = new Violations(world);
    this.disturbances = new Disturbances(world, topology);
    this.lambdas = new Lambdas(world, this.violations, topology.nodes);
    this.views = new ViewChecks(this.violations);
    this.log = new LogChecks({
      violations: this.violations,
      topology,
      requests: this.requests,
      lambdas: this.lambdas,
      isAccepted: (nodeId, taskId, attempt) => this.#isAccepted(nodeId, taskId, attempt),
      areUndisturbed: () => this.disturbances.areOver,
    });
  }

  /** Looks at every commit from now on. */
  observe(tables: Tables, nats: MemoryNats): void {
    const { log, views } = tables;
    log.onCommit = (rows) => this.log.committed(rows, log);
    views.onCommit = (write) => this.views.written(write, log);
    nats.onStored = (message, before, remembers) => {
      checkOrder({ message, before, remembers }, log, this.violations);
      this.#relayed(message.msgId);
    };
  }

  #relayed(msgId: string): void {
    const [partition, position] = msgId.split(':');
    const before = this.relayed.get(Number(partition)) ?? 0n;
    if (BigInt(position ?? 0) > before) this.relayed.set(Number(partition), BigInt(position ?? 0));
  }

  scheduler(life: Life, scheduler: Scheduler): void {
    this.schedulers.set(life, scheduler);
    life.whenDead(() => this.schedulers.delete(life));
  }

  #isAccepted(nodeId: NodeId, taskId: string, attempt: number): boolean {
    const nodes = [...this.schedulers.values()].flatMap(({ fleet }) => fleet.get(nodeId) ?? []);
    const last = nodes.toSorted((a, b) => Number(b.epoch - a.epoch))[0];
    const held = last?.held.get(parseTaskId(taskId));
    return held?.attempt === attempt && held.phase === 'accepted';
  }

  lambdaBegins(execution: Execution): () => void {
    return this.lambdas.begins(execution);
  }

  listenTo(_life: Life, nodeId: NodeId, client: SchedulerClient): SchedulerClient {
    return listenToAcks(client, nodeId, this.log.tasks, this.violations);
  }
}
