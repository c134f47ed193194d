import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { Answer } from './answer.ts';

/** Puts an answer into Koa's context; a stream is written here, past Koa. */
export async function respond(ctx: Context, answer: Answer): Promise<void> {
  if (answer.kind === 'stream') {
    ctx.res.statusCode = answer.status;
    setHeaders(ctx.res, answer.headers);
    if (ctx.method === 'HEAD') ctx.res.end();
    else await answer.write(ctx.res);
    // Only now: a stream that is refused before its first byte is still answered by Koa.
    ctx.respond = false;
    return;
  }
  ctx.status = answer.status;
  setHeaders(ctx.res, answer.headers);
  ctx.body = answer.body ?? null;
}

function setHeaders(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}
