import { createPublicKey } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenMint, testIssuer, type TokenMint, usualClaims } from '../testing/token-mint.ts';
import {
  keySetOf,
  loginAt,
  needsLogin,
  sourceOf,
  verifierOf,
  verifierOver,
} from './verifier-fixture.ts';

let mint: TokenMint;
let rsa: TokenMint;
let ed: TokenMint;

beforeAll(async () => {
  mint = await createTokenMint('es');
  rsa = await createTokenMint('rsa', 'RS256');
  ed = await createTokenMint('ed', 'EdDSA');
});

/** At a verifier that knows the keys of all three, unless another is given. */
function login(authorization: string | undefined, verifier = verifierOf(sourceOf(mint, rsa, ed))) {
  return loginAt(verifier, authorization);
}

const now = () => Math.floor(Date.now() / 1_000);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  it('is accepted bare and as Bearer, in any case', async () => {
    const token = await mint.token();
    for (const header of [token, `Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`]) {
      expect(await login(header)).toEqual({
        tenantId: '5f0000000000000000000001',
        grant: 'everything',
      });
    }
  });

  it.each([['ES256'], ['RS256'], ['EdDSA']])(
    'is accepted when signed with %s',
    async (algorithm) => {
      const signer = { ES256: mint, RS256: rsa, EdDSA: ed }[algorithm] as TokenMint;
      await expect(login(await signer.token())).resolves.toBeDefined();
    },
  );

  it.each<[string, string, () => string | undefined | Promise<string>]>([
    ['is missing', 'carries no access token', () => undefined],
    ['is empty', 'not a signed JWT', () => ''],
    ['is a word', 'not a signed JWT', () => 'Bearer hello'],
    ['is for Basic', 'not a signed JWT', () => 'Basic dXNlcjpwYXNz'],
    [
      'has two parts',
      'not a signed JWT',
      async () => (await mint.token()).split('.').slice(0, 2).join('.'),
    ],
    [
      'is unsigned (alg none)',
      'not a signed JWT',
      () => `${base64url({ alg: 'none' })}.${base64url(usualClaims())}.`,
    ],
    [
      'says alg none and keeps a signature',
      'algorithm',
      async () => {
        const [, claims, signature] = (await mint.token()).split('.');
        return `${base64url({ alg: 'none', kid: 'es' })}.${claims}.${signature}`;
      },
    ],
    ['is HS256 with the public key as secret', 'algorithm', () => hmacWithPublicKey(rsa)],
    [
      'is signed by a key that is not in the set',
      'wrong signature',
      async () => (await createTokenMint('es')).token(),
    ],
    ['names an unknown key', 'unknown key', () => mint.token({}, { kid: 'nobody' })],
    ['brings its own key', 'wrong signature', () => tokenWithOwnKey()],
    ['is tampered with', 'wrong signature', async () => tampered(await mint.token())],
    ['is of 9 KiB', 'larger than 8192', () => mint.token({ padding: 'x'.repeat(7 * 1024) })],
    ['has expired', 'has expired', () => mint.token({ exp: now() - 60 })],
    ['is not yet valid', 'nbf claim', () => mint.token({ nbf: now() + 60 })],
    ['was issued in the future', 'issued in the future', () => mint.token({ iat: now() + 60 })],
    ['is for another audience', 'aud claim', () => mint.token({ aud: 'somebody-else' })],
    ['is of a look-alike issuer', 'iss claim', () => mint.token({ iss: `${testIssuer}/` })],
    [
      'is of an issuer in other letters',
      'iss claim',
      () => mint.token({ iss: testIssuer.toUpperCase() }),
    ],
    [
      'has exp as text',
      'exp claim',
      () => mint.token({ exp: String(now() + 60) as unknown as number }),
    ],
    ['has a userId that is no id', 'userId claim', () => mint.token({ userId: 'me' })],
    [
      'has a userId that is a list',
      'userId claim',
      () => mint.token({ userId: ['5f0000000000000000000001'] }),
    ],
    [
      'has a sub with strange characters',
      'no usable tenant',
      () => mint.token({ userId: undefined, sub: 'a/../b' }),
    ],
    ['has a scope that is a number', 'scope claim', () => mint.token({ scope: 7 })],
  ])('is refused when it %s', async (_, reason, header) => {
    await expect(async () => login(await header())).rejects.toEqual(
      expect.objectContaining({ code: 'NEEDS_LOGIN', message: expect.stringContaining(reason) }),
    );
  });

  it.each(['iss', 'aud', 'exp', 'iat'])('is refused without the claim %s', async (claim) => {
    await expect(login(await mint.token({ [claim]: undefined }))).rejects.toEqual(
      expect.objectContaining({
        code: 'NEEDS_LOGIN',
        message: `The access token has no ${claim} claim`,
      }),
    );
  });

  it('is refused without userId and sub', async () => {
    await expect(login(await mint.token({ userId: undefined }))).rejects.toEqual(needsLogin);
  });

  it('is refused when its algorithm is not among the pinned ones', async () => {
    const verifier = verifierOver(keySetOf(sourceOf(mint, rsa)), ['ES256']);
    await expect(login(await rsa.token(), verifier)).rejects.toEqual(needsLogin);
    await expect(login(await mint.token(), verifier)).resolves.toBeDefined();
  });

  it('is accepted a moment after its expiry, for clocks that differ', async () => {
    await expect(login(await mint.token({ exp: now() - 2 }))).resolves.toBeDefined();
  });

  it('never shows its claims in the refusal', async () => {
    const refused = login(await mint.token({ iss: 'https://secret.internal' }));
    await expect(refused).rejects.not.toThrow(/secret/);
  });
});

describe('the tenant', () => {
  it.each<[string, JWTPayload, string]>([
    ['userId', { userId: '5F00000000000000000000AA', sub: 'x' }, '5f00000000000000000000aa'],
    ['sub without userId', { userId: undefined, sub: 'Auth0|42' }, 'Auth0|42'],
  ])('is %s', async (_, claims, tenantId) => {
    expect(await login(await mint.token(claims))).toMatchObject({ tenantId });
  });
});

describe('the scopes', () => {
  it.each<[unknown, string[]]>([
    ['task:read lambda:*', ['task:read', 'lambda:*']],
    [
      ['task:read', 'task:write'],
      ['task:read', 'task:write'],
    ],
    ['', ['']],
    [[], []],
  ])('of %j are a list', async (scope, expected) => {
    expect(await login(await mint.token({ scope }))).toMatchObject({ grant: new Set(expected) });
  });
});

async function hmacWithPublicKey({ publicJwk }: TokenMint): Promise<string> {
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return new SignJWT(usualClaims())
    .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
    .sign(new TextEncoder().encode(pem));
}

async function tokenWithOwnKey(): Promise<string> {
  const stranger = await createTokenMint('es');
  return stranger.token({}, { jwk: stranger.publicJwk, jku: 'https://evil.test/jwks.json' });
}

function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  return `${header}.${base64url({ ...usualClaims(), userId: '5f0000000000000000000002' })}.${signature}`;
}
