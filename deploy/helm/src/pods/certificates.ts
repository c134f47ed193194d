import type { Authority } from '@greencloud/embedded';
import type { Manifest } from '../cluster/manifest.ts';
import type { Store } from './cluster-files.ts';

interface CertificateSpec {
  readonly secretName: string;
  readonly uris: readonly string[];
  readonly dnsNames?: readonly string[];
}

/** What cert-manager would do: for each Certificate a secret of one authority. */
export async function issueSecrets(
  authority: Authority,
  manifests: readonly Manifest[],
): Promise<Store> {
  const notAfter = new Date(Date.now() + 3_600_000);
  const secrets: Record<string, Record<string, string>> = {};
  for (const { kind, metadata, spec } of manifests) {
    if (kind !== 'Certificate') continue;
    const { secretName, uris, dnsNames = [] } = spec as unknown as CertificateSpec;
    const names = { commonName: metadata.name, uri: uris[0] ?? '', dnsNames, addresses: [] };
    const { certificate, privateKey } = await authority.issue({ ...names, notAfter });
    secrets[secretName] = {
      'ca.crt': authority.certificate,
      'tls.crt': certificate,
      'tls.key': privateKey,
    };
  }
  return secrets;
}
