import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { DoorAddress } from '../client/job.ts';

export type Calls = {
  /** Milliseconds of each that was answered well. */
  readonly took: number[];
  /** What the others were answered, by status. */
  readonly failed: Map<string, number>;
};

export type Traffic = {
  readonly posts: Calls;
  /** A GET of each task posted, again and again. */
  readonly gets: Calls;
  readonly lists: Calls;
  stop(): Promise<void>;
};

// Some 200 calls a second: the reads are watched, and the rebuild has the machine.
const pauseMs = 10;

/** Posts a task, reads one and lists, in turns, until it is stopped. */
export function startTraffic(door: DoorAddress): Traffic {
  const pool = new Pool(door.baseUrl, { connections: 4 });
  const headers = {
    authorization: `Bearer ${door.token ?? ''}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify(door.body);
  const posts = newCalls();
  const gets = newCalls();
  const lists = newCalls();
  const ids: string[] = [];
  const stopping = new AbortController();

  async function call(calls: Calls, method: 'GET' | 'POST', path: string): Promise<string> {
    const startedAt = performance.now();
    try {
      const sent = method === 'POST' ? { body } : {};
      const answer = await pool.request({ method, path, headers, ...sent });
      const text = await answer.body.text();
      if (answer.statusCode < 300) {
        calls.took.push(performance.now() - startedAt);
        return text;
      }
      count(calls, String(answer.statusCode));
    } catch (error) {
      count(calls, String(error));
    }
    return '';
  }

  async function post(): Promise<void> {
    const { id } = JSON.parse((await call(posts, 'POST', '/v1/task')) || '{}') as { id?: string };
    if (id !== undefined) ids.push(id);
  }

  async function turn(n: number): Promise<void> {
    if (n % 4 === 0) return await post();
    if (n % 4 === 1) return void (await call(lists, 'GET', '/v1/task/list?limit=20'));
    const id = ids[Math.floor(Math.random() * ids.length)];
    if (id !== undefined) await call(gets, 'GET', `/v1/task/${id}`);
  }

  const loop = async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      await turn(n);
      await sleep(pauseMs);
    }
  };
  const running = [loop(), loop()];
  return {
    posts,
    gets,
    lists,
    async stop() {
      stopping.abort();
      await Promise.all(running);
      await pool.close();
    },
  };
}

function newCalls(): Calls {
  return { took: [], failed: new Map() };
}

function count({ failed }: Calls, what: string): void {
  failed.set(what, (failed.get(what) ?? 0) + 1);
}
