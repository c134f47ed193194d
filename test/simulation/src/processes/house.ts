import type { Bus } from '@greencloud/bus';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import type {
  ClientConstructor,
  GrpcClient,
  GrpcClientOptions,
  GrpcService,
} from '@greencloud/grpc';
import { EventLogServiceClient } from '@greencloud/proto/eventlog/v1/event_log';
import type { Logger } from '@greencloud/runtime';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Kysely } from 'kysely';
import type { Ledger } from '../invariants/ledger.ts';
import { connectSimulatedBus } from '../nats/nats-line.ts';
import type { NatsServer } from '../nats/nats-server.ts';
import { unrulyFeed } from '../nats/unruly-feed.ts';
import { createSimulatedClient } from '../network/client.ts';
import type { Network } from '../network/network.ts';
import { SimulatedServer } from '../network/server.ts';
import type { Plant } from '../plants/plant.ts';
import { openSimulatedDatabase } from '../postgres/dialect.ts';
import { Pool } from '../postgres/pool.ts';
import type { PostgresServer } from '../postgres/postgres-server.ts';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import { createTraceLogger } from './logger.ts';
import type { Topology } from './topology.ts';

export interface HouseOptions {
  readonly world: World;
  readonly network: Network;
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  readonly topology: Topology;
  readonly ledger: Ledger;
  readonly plant: Plant;
}

/** A process that has been started. */
export interface Running {
  /** What SIGTERM begins: the parts stop in reverse, within a limit. */
  stop(): Promise<void>;
}

/** Everything outside of a process, as the product's ports want it. */
export class House {
  readonly world: World;
  readonly network: Network;
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  readonly topology: Topology;
  readonly ledger: Ledger;
  readonly plant: Plant;
  /** Of live messages that are lost, repeated or late. */
  unruliness = 0;
  readonly #servers = new Map<Life, SimulatedServer>();

  constructor(options: HouseOptions) {
    this.world = options.world;
    this.network = options.network;
    this.postgres = options.postgres;
    this.nats = options.nats;
    this.topology = options.topology;
    this.ledger = options.ledger;
    this.plant = options.plant;
  }

  logger(life: Life): Logger {
    return createTraceLogger(this.world, life);
  }

  pool(life: Life, connections: number, queryTimeoutMs = 12_000): Pool {
    const { network, postgres } = this;
    return new Pool({ network, server: postgres, life, connections, queryTimeoutMs });
  }

  database<D>(life: Life, connections: number): Kysely<D> {
    return openSimulatedDatabase<D>(this.pool(life, connections), this.plant.query);
  }

  async bus(life: Life, signal: AbortSignal): Promise<Bus> {
    const { network, nats } = this;
    const bus = await connectSimulatedBus({ network, server: nats, life }, signal);
    const unruly = unrulyFeed(bus, life.random, () => this.unruliness);
    return this.plant.bus?.(unruly) ?? unruly;
  }

  log(life: Life): LogReader {
    const reader = createLogReader(
      this.client(life, EventLogServiceClient, this.topology.taskCommands, {
        idempotent: ['getLog', 'readTasks', 'batchGetResults', 'getPayload'],
      }),
    );
    return this.plant.reader?.(reader) ?? reader;
  }

  client<D extends ServiceDefinition>(
    life: Life,
    constructor: Pick<ClientConstructor<D>, 'service'>,
    targets: readonly string[],
    options: GrpcClientOptions<D> = {},
  ): GrpcClient<D> {
    const { world, network } = this;
    const servers = this.#servers;
    const { keepaliveMs } = this.topology;
    const rest = { world, network, life, targets, servers, keepaliveMs };
    return createSimulatedClient(constructor, { ...options, ...rest });
  }

  serve(
    life: Life,
    services: readonly GrpcService[],
    mapError?: (error: unknown) => unknown,
  ): SimulatedServer {
    const listener = this.network.listen(life);
    const planted = services.map(
      (service) => this.plant.service?.(service, this.ledger) ?? service,
    );
    const options = {
      life,
      services: planted,
      logger: this.logger(life),
      ...(mapError && { mapError }),
    };
    const server = new SimulatedServer(options, listener);
    this.#servers.set(life, server);
    life.whenDead(() => this.#servers.delete(life));
    return server;
  }

  note(who: string, text: () => string): void {
    this.world.trace.note(this.world.now, who, text);
  }
}
