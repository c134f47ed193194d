import { importJWK, SignJWT } from 'jose';
import { ALGORITHM, type PrivateJwk } from './key-pair.ts';

/** Who signs the local stack's tokens, and for whom; the edge is told the same. */
export const ISSUER = 'greencloud-local';
export const AUDIENCE = 'greencloud';

export type TokenClaims = {
  /** 24 hex characters: the tenant. */
  readonly userId: string;
  readonly ttlSeconds: number;
  /** Blank separated; without it the token may do all of the tenant's own. */
  readonly scope?: string;
};

/** Signs an access token that the local stack accepts. */
export async function signToken(
  key: PrivateJwk,
  { userId, ttlSeconds, scope }: TokenClaims,
): Promise<string> {
  const claims = { userId, ...(scope === undefined ? {} : { scope }) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${ttlSeconds} s`)
    .sign(await importJWK(key, ALGORITHM));
}
