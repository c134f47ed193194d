import { DomainError, type ErrorCode } from '@greencloud/domain';
import type { Logger } from '@greencloud/runtime';

const ofRights: ReadonlySet<ErrorCode> = new Set(['NEEDS_LOGIN', 'FORBIDDEN']);

/**
 * A service that refuses this edge itself (a certificate, a role) must not look like the caller's
 * token: the caller can do nothing about it, and the operator must hear of it.
 */
export function refusalOfOwnRights(service: string, logger: Logger): (error: unknown) => unknown {
  return (error) => {
    if (!(error instanceof DomainError) || !ofRights.has(error.code)) return error;
    logger.error({ err: error, service }, 'a service refuses this edge');
    return new DomainError('UNAVAILABLE', `the ${service} refuses this edge`);
  };
}
