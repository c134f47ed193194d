import { DomainError } from '@greencloud/domain';

/** What a drain tells a stream. */
interface Ending {
  abort(reason: DomainError): void;
}

/** The streams that a drain has to end: they would outlive any limit by themselves. */
export interface OpenStreams {
  /** The returned function forgets the stream. */
  add(stream: Ending): () => void;
  endAll(): void;
}

export function createOpenStreams(): OpenStreams {
  const streams = new Set<Ending>();
  let state: 'open' | 'draining' = 'open';
  const end = (stream: Ending) => stream.abort(new DomainError('UNAVAILABLE', 'the server drains'));
  return {
    add(stream) {
      streams.add(stream);
      if (state === 'draining') end(stream);
      return () => void streams.delete(stream);
    },
    endAll() {
      state = 'draining';
      for (const stream of streams) end(stream);
    },
  };
}
