import type { Logger } from '@greencloud/runtime';
import { retry } from '@greencloud/runtime';
import { connect, Events, type NatsConnection } from 'nats';
import type { BusStatus } from '../messages.ts';
import { inboxPrefix } from '../permissions/permissions.ts';
import { readServerList } from './server-list.ts';

export interface ConnectionOptions {
  /**
   * `nats://user:password@host:port`, several with commas. `tls:` refuses a server without TLS, and
   * one that nobody vouches for whom Node trusts: its own authorities and NODE_EXTRA_CA_CERTS.
   */
  readonly servers: string;
  /** Shown by the server's monitoring. */
  readonly name: string;
  /** In place of the login in `servers`. */
  readonly user?: string | undefined;
  readonly pass?: string | undefined;
  readonly logger: Logger;
  /** An abort ends the wait for the first connection. */
  readonly signal?: AbortSignal | undefined;
}

export interface Connection {
  readonly nats: NatsConnection;
  status(): BusStatus;
  /** Called on each change, after `status` has it. */
  onStatus(listener: (status: BusStatus) => void): () => void;
}

// A dead peer behind a half-open socket is noticed after 2 missed pings: 10 s instead of the default 4 min.
const pingInterval = 5_000;
const reconnectTimeWait = 250;

function dial(options: ConnectionOptions): Promise<NatsConnection> {
  const { servers, tls, ...login } = readServerList(options.servers);
  const { user, pass } = options.user === undefined ? login : options;
  return connect({
    servers: [...servers],
    name: options.name,
    ...(user === undefined ? {} : { user, pass: pass ?? '', inboxPrefix: inboxPrefix(user) }),
    ...(tls === 'asked' ? { tls: {} } : {}),
    timeout: 2_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait,
    reconnectJitter: reconnectTimeWait,
    pingInterval,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    // A stack trace for each request costs a third of a publish.
    noAsyncTraces: true,
  });
}

/** Waits until a server answers, reconnects for ever after that. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { logger, signal } = options;
  const nats = await retry(() => dial(options), {
    ...(signal === undefined ? {} : { signal }),
    maxMs: 1_000,
    onFailure: ({ error, attempt }) => {
      if (attempt % 10 === 1) logger.warn({ err: error, attempt }, 'NATS does not answer yet');
    },
  });
  return watchConnection(nats, logger);
}

function watchConnection(nats: NatsConnection, logger: Logger): Connection {
  const listeners = new Set<(status: BusStatus) => void>();
  let current: BusStatus = 'connected';
  const change = (status: BusStatus) => {
    if (status === current) return;
    current = status;
    logger.info({ status }, 'NATS connection');
    for (const listener of listeners) listener(status);
  };
  void (async () => {
    for await (const { type } of nats.status()) {
      if (type === Events.Disconnect) change('disconnected');
      if (type === Events.Reconnect) change('connected');
    }
    change('disconnected');
  })();
  return {
    nats,
    status: () => current,
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
