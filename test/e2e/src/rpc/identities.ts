import { serviceEnvironment } from '@greencloud/testing';
import type { SharedStack } from '../shared/running-stack.ts';
import type { Identity } from './rpc-client.ts';

/** Whose certificate a caller shows. */
export const roles = [
  'edge',
  'task-command',
  'projection',
  'scheduler',
  'lambda-catalog',
  'operator',
  'nobody',
] as const;

export type Role = (typeof roles)[number];

/** The files that the running processes were given. */
export async function identityOf(stack: SharedStack, role: Role): Promise<Identity> {
  const { tls } = stack.known;
  if (role === 'operator') return tls;
  if (role === 'nobody') return { caFile: tls.caFile };
  const env = await serviceEnvironment(stack, role);
  return {
    caFile: env['GC_TLS_CA_FILE'] ?? tls.caFile,
    certFile: env['GC_TLS_CERT_FILE'],
    keyFile: env['GC_TLS_KEY_FILE'],
  };
}
