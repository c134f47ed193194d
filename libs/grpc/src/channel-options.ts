import type { ChannelOptions } from '@grpc/grpc-js';

export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

// Of a call over a stream, at both ends: a timer cannot wait longer.
export const LONGEST_CALL_MS = 2 ** 31 - 1;

// A dead peer (power, cable, kill of a whole machine) sends no FIN: without pings a stream to it
// hangs until the kernel gives up, some 15 minutes. 10 s + 5 s is below the 20 s after which the
// scheduler calls a node lost.
export const SERVER_KEEPALIVE: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

// The other way a node must have given up a scheduler that stands still, and have found another,
// before it stops all its work: that is 10 to 15 s later (15 s after the last answered heartbeat was
// sent, one each 5 s). The limit stays at 5 s: on a slow line the answer waits behind a payload.
export const CLIENT_KEEPALIVE: ChannelOptions = {
  'grpc.keepalive_time_ms': 3_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
};
