import type { Bus } from '@greencloud/bus';
import type { Metrics } from '@greencloud/runtime';
import { createRelayMetrics } from './relay-metrics.ts';
import { type Relay, type RelayOptions, startRelay } from './relay.ts';

export interface ConnectingRelayOptions extends Omit<RelayOptions, 'bus' | 'metrics'> {
  readonly metrics: Metrics;
  readonly connect: (signal: AbortSignal) => Promise<Bus>;
}

/**
 * Does not wait for NATS: what is committed before it answers is found in the log. Its absence is a
 * metric and no reason to be unready, since every command is accepted all the same.
 */
export function relayWhenConnected(options: ConnectingRelayOptions): Relay {
  const metrics = createRelayMetrics(options.metrics);
  const stopping = new AbortController();
  let running: { readonly relay: Relay; readonly bus: Bus } | undefined;
  const connecting = options.connect(stopping.signal).then(
    (bus) => {
      running = { relay: startRelay({ ...options, metrics, bus }), bus };
    },
    (error: unknown) => {
      if (!stopping.signal.aborted) options.logger.error({ err: error }, 'no relay without NATS');
    },
  );
  options.metrics.gauge('relay_connected', '1 while NATS is connected', () =>
    running?.bus.status() === 'connected' ? 1 : 0,
  );
  return {
    committed: (partition, events) => running?.relay.committed(partition, events),
    async stop() {
      stopping.abort(new Error('the relay stops'));
      await connecting;
      await running?.relay.stop();
      await running?.bus.close();
    },
  };
}
