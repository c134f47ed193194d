import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@greencloud/embedded';
import { temporaryFolder } from '../temporary-folder.ts';

/** Paths of PEM files, as the services are given them. */
export type TestTlsFiles = {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
};

export type TestValidity = { readonly notBefore?: Date; readonly notAfter?: Date };

/** An authority of its own that issues certificates for `localhost` and 127.0.0.1. */
export type TestCertificates = AsyncDisposable & {
  readonly caFile: string;
  /** New files each time. `role` ends the holder's URI: `spiffe://greencloud/<role>`. */
  issue(role: string, validity?: TestValidity): Promise<TestTlsFiles>;
  /** Puts a new certificate in the place of an earlier one. */
  replace(files: TestTlsFiles, role: string, validity?: TestValidity): Promise<void>;
  close(): Promise<void>;
};

const HOUR_MS = 3_600_000;

export async function withCertificates(): Promise<TestCertificates> {
  const folder = await temporaryFolder('certificates');
  const inAnHour = () => new Date(Date.now() + HOUR_MS);
  const authority = await createAuthority({ commonName: 'GreenCloud test', notAfter: inAnHour() });
  const caFile = join(folder.path, 'ca.pem');
  await writeFile(caFile, authority.certificate);

  const replace = async (files: TestTlsFiles, role: string, validity: TestValidity = {}) => {
    const { certificate, privateKey } = await authority.issue({
      commonName: role,
      uri: `spiffe://greencloud/${role}`,
      dnsNames: ['localhost'],
      addresses: ['127.0.0.1'],
      notAfter: inAnHour(),
      ...validity,
    });
    await writeFile(files.keyFile, privateKey, { mode: 0o600 });
    await writeFile(files.certFile, certificate);
  };
  let issued = 0;
  return {
    caFile,
    replace,
    issue: async (role, validity) => {
      issued += 1;
      const place = join(folder.path, `${issued}`);
      const files = { caFile, certFile: `${place}.pem`, keyFile: `${place}.key.pem` };
      await replace(files, role, validity);
      return files;
    },
    close: () => folder.remove(),
    [Symbol.asyncDispose]: () => folder.remove(),
  };
}
