import { DomainError } from '@greencloud/domain';
import type { Context } from 'koa';
import type { Produces } from './define-route.ts';

/** Throws `NOT_ACCEPTABLE` when the caller accepts nothing that the route can give. */
export function requireAcceptable(ctx: Context, produces: Produces): void {
  const { accept } = ctx.headers;
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  const type = mediaTypeOf(produces);
  if (type === undefined || ctx.accepts(type) !== false) return;
  throw new DomainError('NOT_ACCEPTABLE', `This route gives ${type}`);
}

// What a lambda answers is known only when it has; then it goes out as it is (RFC 9110, 12.5.1).
function mediaTypeOf(produces: Produces): string | undefined {
  if (produces === 'nothing' || produces === 'bytes') return undefined;
  return produces === 'events' ? 'text/event-stream' : 'application/json';
}
