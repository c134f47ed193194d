import type { DomainError } from '@greencloud/domain';
import { problemKinds } from './problem-kinds.ts';

const realm = 'Bearer realm="greencloud"';

/** `Retry-After` where the code has one, and the challenge of 401 and 403 (RFC 6750, section 3). */
export function problemHeaders(
  error: DomainError,
  credentials: 'given' | 'missing',
): Record<string, string> {
  const { retryAfter } = problemKinds[error.code];
  const challenge = challengeOf(error, credentials);
  return {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
  };
}

function challengeOf(error: DomainError, credentials: 'given' | 'missing'): string | undefined {
  if (error.code === 'FORBIDDEN') return `${realm}, error="insufficient_scope"`;
  if (error.code !== 'NEEDS_LOGIN') return undefined;
  if (credentials === 'missing') return realm;
  // Our own words, never a claim's value: nothing of the token can break out of the quotes.
  return `${realm}, error="invalid_token", error_description="${error.message}"`;
}
