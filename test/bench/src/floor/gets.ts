import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { Pool } from 'undici';
import { type Rate, repeat } from './repeat.ts';

const CONNECTIONS = 64;

export type GetFloors = { readonly get: Rate; readonly get64: Rate };

/** GETs of a Koa that does nothing; it shares this process with its client. */
export async function measureGets(seconds: number): Promise<GetFloors> {
  const app = new Koa();
  app.use((context) => {
    context.body = { ok: 1 };
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, pipelining: 1 });
  const get = async () => {
    const response = await pool.request({ path: '/', method: 'GET' });
    await response.body.dump();
  };
  try {
    return {
      get: await repeat({ seconds, callers: 1 }, get),
      get64: await repeat({ seconds, callers: CONNECTIONS }, get),
    };
  } finally {
    await pool.close();
    server.close();
  }
}
