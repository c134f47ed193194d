import { PgBoss } from 'pg-boss';
import { finishedAt, type Peer, type TaskBody } from './peer.ts';

const QUEUE = 'task';

/** How a worker learns of new jobs. */
type WakeUp = 'polling' | 'notify';

/**
 * `polling` is the library's default way at its shortest interval, which the published figures
 * were taken with; `notify` is its opt-in to LISTEN/NOTIFY and to fetching on while batches are full.
 */
export function pgBoss(wakeUp: WakeUp): Peer {
  return {
    async openFront(databaseUrl) {
      const boss = await start(databaseUrl, wakeUp);
      return {
        submit: async (task) => {
          const id = await boss.send(QUEUE, task);
          if (id === null) throw new Error('pg-boss gave the job no id');
          return id;
        },
        finishOf: async (id) => {
          const [job] = await boss.findJobs<TaskBody>(QUEUE, { id });
          return finishedAt(job?.completedOn);
        },
      };
    },

    async openWorker(databaseUrl) {
      const boss = await start(databaseUrl, wakeUp);
      const fetching = { batchSize: 100, pollingIntervalSeconds: 0.5 };
      const burst = wakeUp === 'notify' ? { burstWhenBatchFull: true } : {};
      await boss.work<TaskBody>(QUEUE, { ...fetching, ...burst }, async (jobs) =>
        jobs.map(() => ({ ok: 1 })),
      );
    },
  };
}

async function start(databaseUrl: string, wakeUp: WakeUp): Promise<PgBoss> {
  const notify = wakeUp === 'notify';
  const boss = new PgBoss({ connectionString: databaseUrl, max: 16, useListenNotify: notify });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify });
  return boss;
}
