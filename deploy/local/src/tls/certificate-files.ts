import { join } from 'node:path';
import type { TlsFiles } from '@greencloud/runtime';
import { GRPC_SERVICES } from '../services/addresses.ts';

/** Who has a certificate here. A node has none: it shows its token. */
export const HOLDERS = [...GRPC_SERVICES, 'edge', 'operator'] as const;

export type Holder = (typeof HOLDERS)[number];

/** Where the certificate of a holder lies, and whom it believes. */
export function holderFiles(folder: string, holder: Holder): TlsFiles {
  return {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, `${holder}.pem`),
    keyFile: join(folder, `${holder}.key.pem`),
  };
}
