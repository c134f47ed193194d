import { DomainError, parseTenantId, type TenantId } from '@greencloud/domain';
import type { JWTPayload } from 'jose';
import type { Grant, Principal } from './principal.ts';

const hex24 = /^[0-9a-f]{24}$/i;

/** Reads tenant and scopes of claims whose signature is verified. Throws `NEEDS_LOGIN`. */
export function principalOf(claims: JWTPayload): Principal {
  return { tenantId: tenantOf(claims), grant: grantOf(claims['scope']) };
}

function tenantOf(claims: JWTPayload): TenantId {
  const userId = claims['userId'];
  if (userId === undefined) return parseTenantId(claims.sub ?? '');
  if (typeof userId !== 'string' || !hex24.test(userId)) {
    throw new DomainError('NEEDS_LOGIN', 'The userId claim is not 24 hexadecimal characters');
  }
  return parseTenantId(userId.toLowerCase());
}

function grantOf(scope: unknown): Grant {
  if (scope === undefined) return 'everything';
  if (typeof scope === 'string') return new Set(scope.split(' '));
  if (Array.isArray(scope) && scope.every((one) => typeof one === 'string')) return new Set(scope);
  throw new DomainError('NEEDS_LOGIN', 'The scope claim is neither a string nor a list of strings');
}
