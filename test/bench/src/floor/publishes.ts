import { withNats } from '@greencloud/testing';
import { connect, StorageType } from 'nats';
import { EVENT_BYTES } from './event.ts';
import { type Rate, repeat } from './repeat.ts';

export type PublishFloors = { readonly publish: Rate; readonly publish256: Rate };

/** JetStream publishes with their acks, to a file stream of a nats-server of its own. */
export async function measurePublishes(seconds: number): Promise<PublishFloors> {
  await using server = await withNats();
  const nats = await connect({ servers: server.url });
  try {
    const manager = await nats.jetstreamManager();
    await manager.streams.add({ name: 'EVENT', subjects: ['event.>'], storage: StorageType.File });
    const stream = nats.jetstream();
    const publish = () => stream.publish('event.issued', EVENT_BYTES);
    return {
      publish: await repeat({ seconds, callers: 1 }, publish),
      publish256: await repeat({ seconds, callers: 256 }, publish),
    };
  } finally {
    await nats.close();
  }
}
