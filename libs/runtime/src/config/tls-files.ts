import { z } from 'zod';
import { ConfigError } from './parse-config.ts';

/** Paths of PEM files: who is trusted, and who this process is. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** All three, or none: then gRPC is plaintext. */
export const tlsFields = {
  GC_TLS_CA_FILE: z.string().optional(),
  GC_TLS_CERT_FILE: z.string().optional(),
  GC_TLS_KEY_FILE: z.string().optional(),
};

type TlsConfig = Readonly<Partial<Record<keyof typeof tlsFields, string | undefined>>>;

/** Throws a ConfigError when only some of the three are set: half a protection is none. */
export function tlsFilesOf(config: TlsConfig): TlsFiles | undefined {
  const { GC_TLS_CA_FILE: caFile, GC_TLS_CERT_FILE: certFile, GC_TLS_KEY_FILE: keyFile } = config;
  if (caFile !== undefined && certFile !== undefined && keyFile !== undefined) {
    return { caFile, certFile, keyFile };
  }
  const names = Object.keys(tlsFields) as (keyof typeof tlsFields)[];
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === names.length) return undefined;
  throw new ConfigError(missing.map((name) => `${name} is not set (all of GC_TLS_… or none)`));
}
