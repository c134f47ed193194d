import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';

/** Signs what the issuer of a local stack would, and what it never would. */
export interface TokenMint {
  /** What a verifier may know of the key. */
  readonly publicJwk: JWK;
  /** Good for 1 h unless `claims` say else; a claim that is undefined is left out. */
  token(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export const issuer = 'greencloud-local';
export const audience = 'greencloud';

/** With the signing key that lies in the stack's data folder. */
export async function openMint(dataDir: string): Promise<TokenMint> {
  const file = await readFile(join(dataDir, 'keys', 'private.jwk.json'), 'utf8');
  return mintOf(JSON.parse(file) as JWK);
}

export async function mintOf(jwk: JWK, alg = 'ES256'): Promise<TokenMint> {
  const key = await importJWK(jwk, alg);
  const { d: _, ...publicJwk } = jwk;
  return {
    publicJwk: { ...publicJwk, alg, use: 'sig' },
    token: (claims = {}, header = {}) =>
      new SignJWT({ ...usualClaims(), ...claims })
        .setProtectedHeader({ alg, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }), ...header })
        .sign(key),
  };
}

export function usualClaims(): JWTPayload {
  const now = unixNow();
  return {
    iss: issuer,
    aud: audience,
    iat: now,
    exp: now + 3_600,
    userId: '5f00000000000000000000ab',
  };
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
