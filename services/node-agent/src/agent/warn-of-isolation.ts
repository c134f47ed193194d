import type { Logger } from '@greencloud/runtime';
import type { AgentConfig } from '../config.ts';
import type { PreparedPlace } from '../sandbox/prepare-place.ts';

/** One plain line for the owner of the machine, who should not have to read our sources. */
export function warnOfIsolation(
  { place, refused }: PreparedPlace,
  config: AgentConfig,
  logger: Logger,
): void {
  const { isolation, user } = place;
  if (isolation.kind === 'namespace') return logger.info({ user }, 'lambdas run in bubblewrap');
  const who = config.GC_ALLOW_UNSANDBOXED ? 'ANY tenant' : 'trusted tenants only';
  logger.warn(
    { refused, trustedTenants: config.GC_TRUSTED_TENANTS.length },
    `lambdas run WITHOUT bubblewrap, open to the network of this machine, for ${who}`,
  );
}
