import type { DomainError } from '@greencloud/domain';
import type { Logger } from '@greencloud/runtime';
import type { Context, Middleware } from 'koa';
import { discardUnreadBody } from '../body/unread-body.ts';
import { problemMediaType, problemOf, toDomainError } from './problem.ts';
import { problemHeaders } from './problem-headers.ts';
import { routeOf } from '../routing/route-of.ts';
import { requestIdOf } from './request-id.ts';

/** The one error boundary of this service, and the first middleware. */
export function errorBoundary(logger: Logger): Middleware {
  return async (ctx, next) => {
    const requestId = requestIdOf(ctx.get('x-request-id'));
    ctx.set('x-request-id', requestId);
    try {
      await next();
    } catch (cause) {
      // Nobody is there to read an answer; the errors of what was cancelled are no news.
      if (ctx.res.destroyed) {
        ctx.respond = false;
        return;
      }
      const error = toDomainError(cause);
      if (error.code === 'INTERNAL') {
        logger.error({ err: cause, requestId, method: ctx.method }, 'a request failed');
      }
      answerProblem(ctx, error, requestId);
      discardUnreadBody(ctx.req, ctx.res);
    }
  };
}

function answerProblem(ctx: Context, error: DomainError, requestId: string): void {
  if (ctx.headerSent) {
    // An answer that has begun cannot become a problem; a cut connection says it broke.
    ctx.respond = false;
    ctx.res.destroy();
    return;
  }
  const problem = problemOf(error, { requestId, route: routeOf(ctx) });
  const credentials = ctx.get('authorization') === '' ? 'missing' : 'given';
  ctx.status = problem.status;
  ctx.set('cache-control', 'no-store');
  ctx.set(problemHeaders(error, credentials));
  ctx.set('content-type', problemMediaType);
  ctx.body = JSON.stringify(problem);
}
