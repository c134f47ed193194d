import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Authority, createAuthority, openAuthority } from '@greencloud/embedded';
import { readText, writeAtomically } from '../atomic-file.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** A run of the stack may last: what is opened now must not end before it does. */
const LEAST_MS = 30 * DAY_MS;

/**
 * The authority of this data folder, made the first time and again when its year is almost over.
 * Kept, so that whoever was given `ca.pem` need not be given it at each start.
 */
export async function provideAuthority(folder: string): Promise<Authority> {
  const files = { certificate: join(folder, 'ca.pem'), privateKey: join(folder, 'ca.key.pem') };
  const certificate = await readText(files.certificate);
  const privateKey = await readText(files.privateKey);
  if (certificate !== undefined && privateKey !== undefined && lasts(certificate)) {
    return openAuthority({ certificate, privateKey });
  }
  const notAfter = new Date(Date.now() + YEAR_MS);
  const made = await createAuthority({ commonName: 'GreenCloud local', notAfter });
  await writeAtomically(files.privateKey, made.privateKey);
  await writeAtomically(files.certificate, made.certificate);
  return made;
}

function lasts(certificate: string): boolean {
  return new X509Certificate(certificate).validToDate.getTime() - Date.now() > LEAST_MS;
}
