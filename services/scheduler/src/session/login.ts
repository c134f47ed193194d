import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@greencloud/domain';
import type { NodeLogin } from './session-store.ts';

/** What is kept of a token. Tokens are 256 random bits, so a plain hash is enough. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Accepts the bare token and `Bearer <token>`. Throws NEEDS_LOGIN when there is none. */
export function tokenOf(authorization: string | undefined): string {
  const token = authorization?.replace(/^bearer\s+/i, '').trim() ?? '';
  if (token === '' || token.length > 200) throw refusal();
  return token;
}

/** Throws NEEDS_LOGIN for a missing node and for a wrong token alike, FORBIDDEN for a disabled one. */
export function checkLogin(login: NodeLogin | undefined, tokenHash: Uint8Array): NodeLogin {
  const expected = login?.tokenHash ?? Buffer.alloc(32);
  const equal =
    expected.byteLength === tokenHash.byteLength && timingSafeEqual(expected, tokenHash);
  if (login === undefined || !equal) throw refusal();
  if (login.standing === 'disabled') throw new DomainError('FORBIDDEN', 'The node is disabled');
  return login;
}

function refusal(): DomainError {
  return new DomainError('NEEDS_LOGIN', 'No node has this token');
}
