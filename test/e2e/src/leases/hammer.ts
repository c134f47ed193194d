import { setTimeout as sleep } from 'node:timers/promises';
import type { RestClient } from '../client.ts';

/** One POST /v1/task, by the clock of this process. */
export interface Shot {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
  /** Of the task where it is 201, else the code of the problem. */
  readonly said: string;
}

export interface Hammer {
  readonly shots: readonly Shot[];
  stop(): Promise<void>;
}

interface HammerOptions {
  /** Each of another edge. */
  readonly clients: readonly RestClient[];
  readonly lambdaId: string;
  /** Per client. */
  readonly workers: number;
  readonly restMs: number;
}

/** Issues tasks of one lambda through every edge, without a pause long enough to lose a lease. */
export function startHammer({ clients, lambdaId, workers, restMs }: HammerOptions): Hammer {
  const shots: Shot[] = [];
  const stopping = new AbortController();
  const body = { lambdaId, timeout: 10 };
  async function work(client: RestClient): Promise<void> {
    while (!stopping.signal.aborted) {
      const sentAt = performance.now();
      const answer = await client.call('POST', '/v1/task', { body });
      const answeredAt = performance.now();
      const { id = '', code = '' } = answer.json<{ id?: string; code?: string }>();
      shots.push({ sentAt, answeredAt, status: answer.status, said: id || code });
      await sleep(restMs);
    }
  }
  const working = Promise.all(
    clients.flatMap((client) => Array.from({ length: workers }, () => work(client))),
  );
  return {
    shots,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
