import type { ChannelOptions } from '@grpc/grpc-js';
import { CLIENT_KEEPALIVE, DEFAULT_MAX_MESSAGE_BYTES } from '../channel-options.ts';

const RETRY_POLICY = {
  // grpc-js allows no more than 5.
  maxAttempts: 5,
  initialBackoff: '0.1s',
  maxBackoff: '1s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/** Channel options of a client, with retries of UNAVAILABLE for the methods named idempotent. */
export function clientOptions(
  serviceName: string,
  idempotentMethods: readonly string[],
  maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
): ChannelOptions {
  return {
    ...CLIENT_KEEPALIVE,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    // A message that does not fit the retry buffer (1 MiB by default) is never retried.
    'grpc.per_rpc_retry_buffer_size': maxMessageBytes,
    'grpc.retry_buffer_size': 4 * maxMessageBytes,
    // grpc-js starts at 1 s and goes up to 2 min: too slow to find a restarted service again.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    // Each client its own connections: the shared ones carry their failures over. A new client of an
    // address that another one cannot reach would fail at once, without having tried.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.dns_min_time_between_resolutions_ms': 5_000,
    // The log is read in messages of megabytes; 64 KiB would cost a round trip for each 64 KiB.
    'grpc-node.flow_control_window': 1024 * 1024,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.service_config': JSON.stringify(serviceConfig(serviceName, idempotentMethods)),
  };
}

function serviceConfig(service: string, methods: readonly string[]) {
  const name = methods.map((method) => ({ service, method }));
  return {
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: methods.length === 0 ? [] : [{ name, retryPolicy: RETRY_POLICY }],
  };
}
