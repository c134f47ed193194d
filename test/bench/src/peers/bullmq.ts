import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { finishedAt, type Peer, type TaskBody } from './peer.ts';

const QUEUE = 'task';

/** A worker takes one job each time round; 100 keep one Node process busy with a no-op. */
const CONCURRENCY = 100;

export const bullmq: Peer = {
  async openFront(redisUrl) {
    const queue = new Queue<TaskBody>(QUEUE, { connection: connect(redisUrl) });
    await queue.waitUntilReady();
    return {
      submit: async (task) => {
        const { id } = await queue.add(QUEUE, task);
        if (id === undefined) throw new Error('BullMQ gave the job no id');
        return id;
      },
      finishOf: async (id) => finishedAt((await queue.getJob(id))?.finishedOn),
    };
  },

  async openWorker(redisUrl) {
    const connection = connect(redisUrl);
    const worker = new Worker(QUEUE, async () => ({ ok: 1 }), {
      connection,
      concurrency: CONCURRENCY,
    });
    worker.on('error', (error) => console.error(error));
    await worker.waitUntilReady();
  },
};

/** A worker blocks on Redis; BullMQ refuses a connection that would give up on that. */
function connect(redisUrl: string): Redis {
  return new Redis(redisUrl, { maxRetriesPerRequest: null });
}
