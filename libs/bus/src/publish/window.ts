import type { OutgoingEvent } from '../messages.ts';

/** Contiguous events as the body of one message. */
export interface Window {
  readonly upTo: bigint;
  readonly body: Uint8Array;
}

// A quarter of what nats-server takes by default; 512 events of a usual size are half of it.
const mostBytes = 256 * 1024;
// What `max_payload` counts beside the body: two headers and their values.
const headerBytes = 1_024;

/** Takes as many events as fit, and the first one in any case: the server says if it is too large. */
export function windowOf(events: readonly OutgoingEvent[], maxPayload = Infinity): Window {
  const room = Math.min(mostBytes, maxPayload - headerBytes);
  const taken = events.slice(0, countWithin(events, room));
  const last = taken.at(-1);
  if (last === undefined) throw new RangeError('nothing to publish');
  return { upTo: last.position, body: Buffer.concat(taken.map(({ bytes }) => bytes)) };
}

function countWithin(events: readonly OutgoingEvent[], room: number): number {
  let size = 0;
  const tooMany = events.findIndex(({ bytes }) => (size += bytes.byteLength) > room);
  return tooMany === -1 ? events.length : Math.max(1, tooMany);
}
