import type { Connection } from './connection.ts';

/** The connection was cut while an answer was awaited, or before. The outcome is unknown. */
export class DisconnectedError extends Error {
  override readonly name = 'DisconnectedError';

  constructor() {
    super('NATS is disconnected');
  }
}

type Watched = Pick<Connection, 'status' | 'onStatus'>;

/**
 * Settles as `ask` does, or at once with DisconnectedError when the connection is cut: the client
 * would wait for its own limit (5 s), and a relay would stand still that long after each restart.
 */
export async function whileConnected<T>(connection: Watched, ask: () => Promise<T>): Promise<T> {
  if (connection.status() === 'disconnected') throw new DisconnectedError();
  const cut = Promise.withResolvers<never>();
  const unwatch = connection.onStatus((status) => {
    if (status === 'disconnected') cut.reject(new DisconnectedError());
  });
  try {
    return await Promise.race([ask(), cut.promise]);
  } finally {
    unwatch();
  }
}
