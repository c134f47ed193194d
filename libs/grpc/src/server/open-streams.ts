import { DomainError } from '@greencloud/domain';
import type { ServerCallContext } from '../service/call-context.ts';

/** The streams that a drain has to end: they would outlive any limit by themselves. */
export interface OpenStreams {
  /** The returned function forgets the stream. */
  add(context: ServerCallContext): () => void;
  endAll(): void;
}

export function createOpenStreams(): OpenStreams {
  const contexts = new Set<ServerCallContext>();
  let state: 'open' | 'draining' = 'open';
  const end = (context: ServerCallContext) =>
    context.abort(new DomainError('UNAVAILABLE', 'the server drains'));
  return {
    add(context) {
      contexts.add(context);
      if (state === 'draining') end(context);
      return () => void contexts.delete(context);
    },
    endAll() {
      state = 'draining';
      for (const context of contexts) end(context);
    },
  };
}
