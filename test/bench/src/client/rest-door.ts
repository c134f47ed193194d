import { type Dispatcher, Pool } from 'undici';
import type { DoorAddress } from './job.ts';

/** The two calls that the load is made of. */
export type RestDoor = {
  /** Posts the task; gives its id. Throws on anything but 201. */
  post(): Promise<string>;
  /** Throws when the task finished otherwise than well: failing fast is not being fast. */
  isFinished(id: string): Promise<boolean>;
  close(): Promise<void>;
};

type TaskAnswer = { readonly id?: string; readonly finished?: string; readonly outcome?: string };

/** Opens a pool of keep-alive connections with one request at a time on each. */
export function openDoor(address: DoorAddress, connections: number): RestDoor {
  const pool = new Pool(address.baseUrl, { connections, pipelining: 1 });
  const login = address.token === undefined ? {} : { authorization: `Bearer ${address.token}` };
  const posted = { ...login, 'content-type': 'application/json' };
  const body = JSON.stringify(address.body);

  async function call(expected: number, request: Dispatcher.RequestOptions): Promise<TaskAnswer> {
    const response = await pool.request(request);
    const text = await response.body.text();
    if (response.statusCode === expected) return JSON.parse(text) as TaskAnswer;
    throw new Error(`${request.method} ${request.path} answered ${response.statusCode}: ${text}`);
  }

  return {
    async post() {
      const task = await call(201, { method: 'POST', path: '/v1/task', headers: posted, body });
      if (task.id === undefined) throw new Error('POST /v1/task answered no id');
      return task.id;
    },
    async isFinished(id) {
      const task = await call(200, { method: 'GET', path: `/v1/task/${id}`, headers: login });
      if (!task.finished) return false;
      if (task.outcome === undefined || task.outcome === 'succeeded') return true;
      throw new Error(`task ${id} finished ${task.outcome}`);
    },
    close: () => pool.close(),
  };
}
