import { parseAddress } from '@greencloud/runtime';

const MINUTE_MS = 60_000;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether only processes of this machine reach it. */
export function staysHere(address: string): boolean {
  const host = parseAddress(address)?.host;
  return host !== undefined && loopback.has(host);
}

interface Listener {
  readonly address: string;
  readonly door?: 'services' | 'nodes';
  readonly tls?: object | undefined;
}

/**
 * After how many ms a connection is renewed; undefined is never. Callers ask the DNS again only when
 * a connection ends: with an age of 2 s they found a new replica after 4.8 s and lost no call of 160,
 * without one they had not found it after 45 s. On one machine nothing is found that way, but
 * certificates are looked at only when a connection begins. A node's session moves by itself.
 */
export function connectionAge({ address, tls, door = 'services' }: Listener): number | undefined {
  if (door === 'nodes') return undefined;
  if (!staysHere(address)) return 5 * MINUTE_MS;
  return tls === undefined ? undefined : 60 * MINUTE_MS;
}
