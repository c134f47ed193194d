import type { ChannelOptions } from '@grpc/grpc-js';

export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

// A dead peer (power, cable, kill of a whole machine) sends no FIN: without pings a stream to it
// hangs until the kernel gives up, some 15 minutes. 10 s + 5 s is below the 20 s after which the
// scheduler calls a node lost.
export const KEEPALIVE_OPTIONS: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
};
