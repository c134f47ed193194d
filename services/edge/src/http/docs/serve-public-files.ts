import { DomainError } from '@greencloud/domain';
import type { Context, Middleware } from 'koa';
import { isNoneMatch } from '../routes/tasks/entity-tag.ts';
import { successStatus } from '../routing/answer.ts';
import { setRoute } from '../routing/route-of.ts';
import { docsPolicy } from './docs-page.ts';
import { createPublicFiles, type PublicFile } from './public-files.ts';

const allow = 'GET, HEAD, OPTIONS';

/** The API document and the page that shows it, without a token: they are the same for everybody. */
export function servePublicFiles(): Middleware {
  const fileOf = createPublicFiles();
  return async (ctx, next) => {
    const file = fileOf(ctx.path);
    if (file === undefined) await next();
    else await serve(ctx, file);
  };
}

async function serve(ctx: Context, file: Promise<PublicFile>): Promise<void> {
  setRoute(ctx, ctx.path);
  if (ctx.method === 'GET' || ctx.method === 'HEAD') {
    answer(ctx, await file);
    return;
  }
  ctx.set('allow', allow);
  if (ctx.method === 'OPTIONS') ctx.body = null;
  else
    throw new DomainError('METHOD_NOT_ALLOWED', `The route takes ${allow} and not ${ctx.method}`);
}

function answer(ctx: Context, { contentType, etag, bytes, gzipped }: PublicFile): void {
  ctx.set({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
  if (ctx.path.startsWith('/docs')) ctx.set('content-security-policy', docsPolicy);
  if (!isNoneMatch(ctx.headers['if-none-match'], etag)) {
    ctx.status = successStatus['not modified'];
    return;
  }
  ctx.status = successStatus.ok;
  const isGzipped = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (isGzipped) ctx.set('content-encoding', 'gzip');
  ctx.set('content-type', contentType);
  ctx.body = isGzipped ? gzipped : bytes;
}
