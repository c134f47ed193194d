import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import Koa from 'koa';
import type { Front, TaskBody } from './peer.ts';

/**
 * Serves a peer by the two calls of our contract that the client makes, with no check of token or
 * body: what the door costs a peer is the least it can cost. Gives its address.
 */
export async function serveFront(front: Front): Promise<string> {
  const router = new Router();
  router.post('/v1/task', async (context) => {
    const id = await front.submit(context.request.body as TaskBody);
    context.status = 201;
    context.body = { id };
  });
  router.get('/v1/task/:id', async (context) => {
    const finish = await front.finishOf(context.params['id'] ?? '');
    context.body = { finished: finish.kind === 'finished' ? String(finish.at) : '' };
  });

  const app = new Koa();
  app.use(bodyParser()).use(router.routes());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
