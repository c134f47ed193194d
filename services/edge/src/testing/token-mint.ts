import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export const testIssuer = 'https://issuer.test';
export const testAudience = 'greencloud';

export type SigningAlgorithm = 'ES256' | 'RS256' | 'EdDSA';

/** A key pair of a test issuer, and the tokens that it signs. */
export interface TokenMint {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** Valid for 5 min unless `claims` say else; a claim that is undefined is left out. */
  token(claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

export async function createTokenMint(
  kid: string,
  algorithm: SigningAlgorithm = 'ES256',
): Promise<TokenMint> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    publicJwk,
    token: (claims = {}, header = {}) =>
      new SignJWT({ ...usualClaims(), ...claims })
        .setProtectedHeader({ alg: algorithm, kid, ...header })
        .sign(privateKey),
  };
}

export function usualClaims(): JWTPayload {
  const now = Math.floor(Date.now() / 1_000);
  const userId = '5f0000000000000000000001';
  return { iss: testIssuer, aud: testAudience, iat: now, exp: now + 300, userId };
}
