import { isIP } from 'node:net';
import { type Address, formatAddress, parseAddress } from '@greencloud/runtime';

/**
 * The gRPC target of `host:port` or of several with commas between. A single name is resolved by
 * DNS to all its addresses (a headless Service); several must be IP addresses or `localhost`,
 * because gRPC has no scheme for a list of names.
 */
export function targetOf(addresses: string): string {
  const parsed = addresses.split(',').map((text) => parse(text.trim()));
  const [first] = parsed;
  if (first === undefined) throw new Error('no address given');
  if (parsed.length === 1 && isIP(first.host) === 0) return `dns:///${formatAddress(first)}`;
  const version = isIP(first.host);
  if (version === 0 || parsed.some(({ host }) => isIP(host) !== version)) {
    throw new Error(`several addresses must be IP addresses of one version: ${addresses}`);
  }
  return `ipv${version}:${parsed.map(formatAddress).join(',')}`;
}

/** Where a certificate of the server must say that it belongs. */
export function hostsOf(addresses: string): string[] {
  return addresses.split(',').map((text) => parse(text.trim()).host);
}

function parse(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is not host:port`);
  return address.host === 'localhost' ? { host: '127.0.0.1', port: address.port } : address;
}
