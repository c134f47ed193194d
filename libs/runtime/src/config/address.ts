export interface Address {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[^\s:/[\],]+)):(?<port>\d{1,5})$/;

/** Reads `host:port` or `[ipv6]:port`; the host comes back without brackets. */
export function parseAddress(text: string): Address | undefined {
  const groups = ADDRESS.exec(text)?.groups;
  const host = groups?.['v6'] ?? groups?.['name'];
  const port = Number(groups?.['port']);
  if (host === undefined || !(port <= 65_535)) return undefined;
  return { host, port };
}

const LOOPBACK = /^(localhost|::1|127(\.\d{1,3}){3})$/;

/** Whether what is sent to any of the addresses (commas between) stays on this machine. */
export function areLoopback(addresses: string): boolean {
  return addresses.split(',').every((one) => LOOPBACK.test(parseAddress(one.trim())?.host ?? ''));
}

/** The inverse of parseAddress. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
