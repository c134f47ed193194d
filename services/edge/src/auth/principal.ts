import type { TenantId } from '@greencloud/domain';

/** What a route asks of a token that carries scopes. */
export type Scope =
  | 'task:read'
  | 'task:write'
  | 'lambda:read'
  | 'lambda:write'
  | 'node:read'
  | 'node:write';

/** A token without a scope claim may do everything of its own tenant. */
export type Grant = 'everything' | ReadonlySet<string>;

/** Whom a verified token speaks for. The only source of a tenant in this service. */
export interface Principal {
  readonly tenantId: TenantId;
  readonly grant: Grant;
}

/** `lambda:*` grants `lambda:read` and `lambda:write`. */
export function isGranted(grant: Grant, scope: Scope): boolean {
  if (grant === 'everything') return true;
  return grant.has(scope) || grant.has(`${scope.slice(0, scope.indexOf(':'))}:*`);
}
