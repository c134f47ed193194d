import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import type { Bus } from '../bus.ts';
import type { Previous, PublishResult } from '../messages.ts';
import { eventsFrom, openBus, positionsIn } from '../testing/bus-fixture.ts';

/** A nats-server with the stream of partition 0, a publisher, and somebody who may do everything. */
export class PublishWorld {
  readonly nats: TestNats;
  readonly bus: Bus;
  readonly admin: NatsConnection;
  readonly jsm: JetStreamManager;

  static async open(): Promise<PublishWorld> {
    const nats = await withNats();
    const bus = await openBus(nats.url);
    await bus.ensureStream(0);
    const admin = await connect({
      servers: nats.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    return new PublishWorld(nats, bus, admin, await admin.jetstreamManager());
  }

  private constructor(nats: TestNats, bus: Bus, admin: NatsConnection, jsm: JetStreamManager) {
    this.nats = nats;
    this.bus = bus;
    this.admin = admin;
    this.jsm = jsm;
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.bus.close();
    await this.nats.close();
  }

  publish(first: number, last: number, previous: Previous): Promise<PublishResult> {
    return this.bus.publish(eventsFrom(first, last), { partition: 0, previous });
  }

  /** Answers what the next message is chained to. */
  async published(first: number, last: number, previous: Previous): Promise<Previous> {
    const result = await this.publish(first, last, previous);
    if (result.kind !== 'published') throw new Error(JSON.stringify(result));
    return result.next;
  }

  /** The positions in each message of the stream. */
  async stored(): Promise<number[][]> {
    const { state } = await this.jsm.streams.info('EVT_0');
    const found: number[][] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      found.push(positionsIn((await this.jsm.streams.getMessage('EVT_0', { seq })).data));
    }
    return found;
  }

  async restart(): Promise<void> {
    await this.nats.kill();
    await eventually(() => this.bus.status() === 'disconnected');
    await this.startAgain();
  }

  async startAgain(): Promise<void> {
    await this.nats.start();
    await eventually(() => this.bus.status() === 'connected');
    await eventually(() => this.bus.ensureStream(0));
  }
}
