import { DomainError } from '@greencloud/domain';

const maxTokenBytes = 8 * 1024;

// Three base64url parts; anything else cannot be a signed JWT, so no key is looked up for it.
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The token of `Authorization: <JWT>` or `Authorization: Bearer <JWT>`. Throws `NEEDS_LOGIN`. */
export function accessTokenOf(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new DomainError('NEEDS_LOGIN', 'The Authorization header carries no access token');
  }
  const token = authorization.replace(/^bearer +/i, '').trim();
  if (token.length > maxTokenBytes) {
    throw new DomainError('NEEDS_LOGIN', `The access token is larger than ${maxTokenBytes} bytes`);
  }
  if (!compactJws.test(token)) {
    throw new DomainError('NEEDS_LOGIN', 'The access token is not a signed JWT');
  }
  return token;
}
