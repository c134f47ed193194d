import { DomainError } from '@greencloud/domain';
import type { Context } from 'koa';
import type { AnswerSpec } from './answer-spec.ts';

/** Throws `NOT_ACCEPTABLE` when the caller accepts nothing that the route can give. */
export function requireAcceptable(ctx: Context, answers: readonly AnswerSpec[]): void {
  const { accept } = ctx.headers;
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  const type = mediaTypeOf(answers);
  if (type === undefined || ctx.accepts(type) !== false) return;
  throw new DomainError('NOT_ACCEPTABLE', `This route gives ${type}`);
}

// What a lambda answers is known only when it has; then it goes out as it is (RFC 9110, 12.5.1).
function mediaTypeOf(answers: readonly AnswerSpec[]): string | undefined {
  const kinds = answers.map(({ content }) => content.kind);
  if (kinds.includes('json')) return 'application/json';
  return kinds.includes('events') ? 'text/event-stream' : undefined;
}
