import { isIP } from 'node:net';
import type { Logger, TlsFiles } from '@greencloud/runtime';
import {
  type ChannelCredentials,
  type ChannelOptions,
  experimental,
  type ServerCredentials,
} from '@grpc/grpc-js';
import { readCertificatesSync, type TrustFile } from './certificate-files.ts';
import { CertificateSource } from './certificate-source.ts';
import type { Role } from './role.ts';
import { serverCheck } from './server-check.ts';

/** Who calls at a door: `services` show a certificate, `nodes` the token in their calls. */
export type Door = 'services' | 'nodes';

/** For one client: who it is and whom it wants to reach. */
export interface ClientTls {
  credentialsFor(hosts: readonly string[]): ChannelCredentials;
  optionsFor(hosts: readonly string[]): ChannelOptions;
}

/** How a process proves itself and whom it believes, for all its clients and servers. */
export interface Tls {
  /** For a client that talks to this role and to nobody else. */
  to(server: Role): ClientTls;
  credentialsOf(door: Door): ServerCredentials;
  /** Why this process is not believed by others; for its health. */
  problem(): string | undefined;
}

export interface TlsOptions {
  logger: Logger;
  /** How often the files are looked at. Default 10,000. */
  refreshMs?: number;
}

/**
 * Reads the PEM files, and again whenever they change: new connections use the new ones, those
 * that stand go on. Throws when they are not there or do not belong together.
 */
export function openTls(files: TlsFiles | TrustFile, options: TlsOptions): Tls;
export function openTls(
  files: TlsFiles | TrustFile | undefined,
  options: TlsOptions,
): Tls | undefined;
export function openTls(
  files: TlsFiles | TrustFile | undefined,
  { logger, refreshMs = 10_000 }: TlsOptions,
): Tls | undefined {
  if (files === undefined) return undefined;
  const first = readCertificatesSync(files);
  const source = new CertificateSource(files, first, { logger, refreshMs });
  const { role, notAfter } = first.identity ?? {};
  logger.info({ role, notAfter }, 'gRPC by TLS');
  return {
    to: (server) => clientTls(source, server),
    credentialsOf: (door) => serverCredentials(source, door),
    problem: () => problemOf(source),
  };
}

function clientTls(source: CertificateSource, server: Role): ClientTls {
  const identity = source.current.identity === undefined ? null : source;
  return {
    // A handshake may ask for a name only (RFC 6066); a proxy on the way may go by it.
    optionsFor: (hosts) =>
      hosts.some((host) => isIP(host) === 0) ? {} : { 'grpc.ssl_target_name_override': server },
    credentialsFor: (hosts) =>
      experimental.createCertificateProviderChannelCredentials(source, identity, {
        checkServerIdentity: serverCheck(server, hosts),
      }),
  };
}

function serverCredentials(source: CertificateSource, door: Door): ServerCredentials {
  if (source.current.identity === undefined) throw new Error('a server needs a certificate');
  // The declared names of the first two parameters are swapped in grpc-js 1.14: it takes the own
  // certificate first, then whom to believe, or nothing where no certificate is asked for.
  return door === 'services'
    ? experimental.createCertificateProviderServerCredentials(source, source, true)
    : experimental.createCertificateProviderServerCredentials(source, null, false);
}

function problemOf({ current: { identity } }: CertificateSource): string | undefined {
  if (identity === undefined || identity.notAfter.getTime() > Date.now()) return undefined;
  return `the certificate has ended at ${identity.notAfter.toISOString()}`;
}
