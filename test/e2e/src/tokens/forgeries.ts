import { createHmac, createPublicKey, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { unixNow, usualClaims } from '../access-tokens.ts';
import type { IssuerKey } from './issuer.ts';

type Header = Readonly<Record<string, unknown>>;

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token with whatever stands in its third part. */
export function assembled(header: Header, claims: unknown, signature = ''): string {
  return `${encoded(header)}.${encoded(claims)}.${signature}`;
}

/** HMAC with the public key as its secret, in one of the forms a careless verifier would use. */
export function signedWithPublicKey(
  key: IssuerKey,
  form: 'PEM' | 'DER' | 'JWK',
  alg: 'HS256' | 'HS384' | 'HS512' = 'HS256',
): string {
  const input = `${encoded({ alg, kid: key.kid })}.${encoded(usualClaims())}`;
  const hmac = createHmac(`sha${alg.slice(2)}`, secretOf(key.publicJwk, form)).update(input);
  return `${input}.${hmac.digest('base64url')}`;
}

function secretOf(jwk: JWK, form: 'PEM' | 'DER' | 'JWK'): string | Buffer {
  if (form === 'JWK') return JSON.stringify(jwk);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return form === 'PEM'
    ? key.export({ type: 'spki', format: 'pem' })
    : key.export({ type: 'spki', format: 'der' });
}

/** A right ECDSA signature in the encoding that JOSE does not use. */
export function signedInDer(key: IssuerKey): string {
  const input = `${encoded({ alg: 'ES256', kid: key.kid })}.${encoded(usualClaims())}`;
  const privateKey = { key: key.privateJwk as Record<string, unknown>, format: 'jwk' as const };
  return `${input}.${sign('sha256', Buffer.from(input), { ...privateKey, dsaEncoding: 'der' }).toString('base64url')}`;
}

/** The same token with another payload under the old signature. */
export function withClaims(token: string, change: Header): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, encoded({ ...claims, ...change }), signature].join('.');
}

export const hour = 3_600;
export const ago = (seconds: number) => unixNow() - seconds;
export const ahead = (seconds: number) => unixNow() + seconds;
