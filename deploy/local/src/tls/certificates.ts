import type { Authority } from '@greencloud/embedded';
import { writeAtomically } from '../atomic-file.ts';
import { provideAuthority } from './authority.ts';
import { type Holder, HOLDERS, holderFiles } from './certificate-files.ts';

const HOUR_MS = 3_600_000;
const VALID_MS = 24 * HOUR_MS;
/** A third of its life is left then, should the machine be too busy. */
const RENEW_AFTER_MS = 16 * HOUR_MS;
const LOOK_MS = 60_000;

export type RenewalOptions = {
  /** Called when a renewal fails; the next look tries again. */
  readonly onProblem: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/**
 * Gives every service and the operator a certificate for a day, and a new one after 16 h, until
 * the abort. The services look at their files by themselves.
 */
export async function provideCertificates(folder: string, options: RenewalOptions): Promise<void> {
  const authority = await provideAuthority(folder);
  await issueAll(authority, folder);
  let issuedAt = Date.now();
  const look = async () => {
    // By the clock on the wall: a timer of hours stands still while a machine sleeps.
    if (Date.now() - issuedAt < RENEW_AFTER_MS) return;
    await issueAll(authority, folder).then(() => (issuedAt = Date.now()), options.onProblem);
  };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  options.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

async function issueAll(authority: Authority, folder: string): Promise<void> {
  await Promise.all(HOLDERS.map((holder) => issue(authority, folder, holder)));
}

async function issue(authority: Authority, folder: string, holder: Holder): Promise<void> {
  const { certificate, privateKey } = await authority.issue({
    commonName: holder,
    uri: `spiffe://greencloud/${holder}`,
    notAfter: new Date(Date.now() + VALID_MS),
    ...(holder === 'operator' ? {} : { dnsNames: ['localhost'], addresses: ['127.0.0.1', '::1'] }),
  });
  const { certFile, keyFile } = holderFiles(folder, holder);
  await writeAtomically(keyFile, privateKey);
  await writeAtomically(certFile, certificate);
}
