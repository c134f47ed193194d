import type { LiveEvents } from './live-events.ts';

/**
 * Live events of a bus that may take long to connect, for a service that can do its work without:
 * `disconnected` until then, and each call waits for the connection.
 */
export function lateLiveEvents(connecting: Promise<LiveEvents>): LiveEvents {
  let connected: LiveEvents | undefined;
  void connecting.then(
    (bus) => (connected = bus),
    () => undefined,
  );
  return {
    async follow(partition, handlers) {
      const bus = await arrival(connecting, handlers.signal);
      await bus?.follow(partition, handlers);
    },
    async watch(partition, handlers) {
      const bus = await arrival(connecting, handlers.signal);
      await bus?.watch(partition, handlers);
    },
    status: () => connected?.status() ?? 'disconnected',
    close: async () => await connected?.close(),
  };
}

/** Undefined when the bus never came: whoever follows lives by its looks at the log then. */
function arrival<T>(pending: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const giveUp = () => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    void pending.then(resolve, giveUp).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
