import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { TlsFiles } from '@greencloud/runtime';
import { type Role, roleOf } from './role.ts';

/** Only whom to believe: for a caller that proves itself in another way. */
export type TrustFile = Pick<TlsFiles, 'caFile'>;

export interface Identity {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  readonly role: Role | undefined;
  readonly notAfter: Date;
}

export interface Certificates {
  readonly ca: Buffer;
  readonly identity: Identity | undefined;
}

export function readCertificatesSync(files: TlsFiles | TrustFile): Certificates {
  const ca = readFileSync(files.caFile);
  if (!('keyFile' in files)) return certificatesOf(files, ca);
  return certificatesOf(files, ca, readFileSync(files.certFile), readFileSync(files.keyFile));
}

export async function readCertificates(files: TlsFiles | TrustFile): Promise<Certificates> {
  const ca = await readFile(files.caFile);
  if (!('keyFile' in files)) return certificatesOf(files, ca);
  return certificatesOf(files, ca, await readFile(files.certFile), await readFile(files.keyFile));
}

export function sameCertificates(a: Certificates, b: Certificates): boolean {
  return a.ca.equals(b.ca) && sameIdentity(a.identity, b.identity);
}

function sameIdentity(a: Identity | undefined, b: Identity | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.certificate.equals(b.certificate) && a.privateKey.equals(b.privateKey);
}

// Checked as a set: whoever renews the files cannot replace three of them in one step.
function certificatesOf(
  files: TlsFiles | TrustFile,
  ca: Buffer,
  certificate?: Buffer,
  privateKey?: Buffer,
): Certificates {
  parse(files.caFile, () => new X509Certificate(ca));
  if (certificate === undefined || privateKey === undefined || !('keyFile' in files)) {
    return { ca, identity: undefined };
  }
  const leaf = parse(files.certFile, () => new X509Certificate(certificate));
  const key = parse(files.keyFile, () => createPrivateKey(privateKey));
  if (!leaf.checkPrivateKey(key)) throw new Error(`${files.keyFile} is not of ${files.certFile}`);
  const role = roleOf(leaf.subjectAltName);
  return { ca, identity: { certificate, privateKey, role, notAfter: leaf.validToDate } };
}

function parse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${file} holds no PEM that can be read`, { cause });
  }
}
