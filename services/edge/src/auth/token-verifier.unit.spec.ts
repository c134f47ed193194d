import { createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@greencloud/runtime';
import { type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createTokenMint,
  testAudience,
  testIssuer,
  type TokenMint,
  usualClaims,
} from '../testing/token-mint.ts';
import { accessTokenOf } from './access-token.ts';
import { type KeySet, openKeySet } from './key-set.ts';
import { type KeySource, keySourceOf } from './key-source.ts';
import { createTokenVerifier, type TokenAlgorithm } from './token-verifier.ts';

const logger = createLogger({ service: 'edge', level: 'silent' });
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

let mint: TokenMint;
let rsa: TokenMint;
let ed: TokenMint;

beforeAll(async () => {
  mint = await createTokenMint('es');
  rsa = await createTokenMint('rsa', 'RS256');
  ed = await createTokenMint('ed', 'EdDSA');
});

interface FixedSource extends KeySource {
  keys: TokenMint[];
  loads: number;
  changed(): void;
}

function sourceOf(...keys: TokenMint[]): FixedSource {
  const source: FixedSource = {
    keys,
    loads: 0,
    trustedForMs: Number.POSITIVE_INFINITY,
    changed: () => {},
    async load() {
      source.loads += 1;
      return { keys: source.keys.map(({ publicJwk }) => publicJwk) };
    },
    watch(onChange) {
      source.changed = onChange;
      return () => {};
    },
  };
  return source;
}

function keySetOf(source: KeySource, cooldownMs = 30_000): KeySet {
  const keys = openKeySet({ source, logger, cooldownMs, retryMs: 10 });
  closers.push(() => keys.close());
  return keys;
}

const all: TokenAlgorithm[] = ['ES256', 'RS256', 'EdDSA'];

function verifierOf(source: KeySource, algorithms = all, cooldownMs?: number) {
  const rules = { issuer: testIssuer, audience: testAudience, algorithms };
  return createTokenVerifier(keySetOf(source, cooldownMs), rules);
}

/** As the edge does it: header first, then signature and claims. */
async function login(
  authorization: string | undefined,
  verifier = verifierOf(sourceOf(mint, rsa, ed)),
) {
  return verifier.verify(accessTokenOf(authorization));
}

const needsLogin = expect.objectContaining({ code: 'NEEDS_LOGIN' });
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
    const verifier = verifierOf(sourceOf(mint, rsa), ['ES256']);
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

describe('the keys', () => {
  it('are loaded once for a thousand tokens of unknown keys', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await login(await mint.token(), verifier);
    expect(source.loads).toBe(1);
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => mint.token({}, { kid: `unknown-${i}` })),
    );
    const outcomes = await Promise.allSettled(tokens.map((token) => login(token, verifier)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(source.loads).toBe(2);
  });

  it('are loaded for each of them when the cooldown is off (control)', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source, all, 0);
    for (const kid of ['a', 'b', 'c']) {
      await expect(login(await mint.token({}, { kid }), verifier)).rejects.toEqual(needsLogin);
    }
    expect(source.loads).toBe(4);
  });

  it('are found after a rotation without a restart', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await login(await mint.token(), verifier);
    const next = await createTokenMint('next');
    source.keys = [next, mint];
    await expect(login(await next.token(), verifier)).resolves.toBeDefined();
    await expect(login(await mint.token(), verifier)).resolves.toBeDefined();
  });

  it('that are withdrawn end the tokens that were remembered', async () => {
    const source = sourceOf(mint, ed);
    const keys = keySetOf(source);
    const rules = { issuer: testIssuer, audience: testAudience, algorithms: all };
    const verifier = createTokenVerifier(keys, rules);
    const token = await mint.token();
    await login(token, verifier);
    source.keys = [ed];
    const changed = new Promise<void>((resolve) => keys.onChange(resolve));
    source.changed();
    await changed;
    await expect(login(token, verifier)).rejects.toEqual(needsLogin);
  });

  it('that cannot be loaded again stay in use', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await login(await mint.token(), verifier);
    source.load = () => Promise.reject(new Error('down'));
    source.changed();
    await expect(login(await mint.token({ jti: '2' }), verifier)).resolves.toBeDefined();
  });

  it('that nobody could check for too long are not trusted any more', async () => {
    const source = { ...sourceOf(mint), trustedForMs: -1 };
    await expect(login(await mint.token(), verifierOf(source))).rejects.toEqual(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
  });

  it('that were never there mean UNAVAILABLE, and are waited for', async () => {
    const source = sourceOf(mint);
    const load = source.load.bind(source);
    source.load = () => Promise.reject(new Error('down'));
    const keys = keySetOf(source);
    const rules = { issuer: testIssuer, audience: testAudience, algorithms: all };
    const verifier = createTokenVerifier(keys, rules);
    const token = await mint.token();
    await expect(login(token, verifier)).rejects.toEqual(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
    expect(keys.problem()).toBe('no keys to verify tokens with');
    const loaded = new Promise<void>((resolve) => keys.onChange(resolve));
    source.load = load;
    await loaded;
    await expect(login(token, verifier)).resolves.toBeDefined();
    expect(keys.problem()).toBeUndefined();
  });

  it('in a file are read again when it changes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'edge-keys-'));
    closers.push(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'jwks.json');
    await writeFile(file, JSON.stringify({ keys: [mint.publicJwk] }));
    const keys = keySetOf(keySourceOf(file));
    const rules = { issuer: testIssuer, audience: testAudience, algorithms: all };
    const verifier = createTokenVerifier(keys, rules);
    await login(await mint.token(), verifier);
    const changed = new Promise<void>((resolve) => keys.onChange(resolve));
    await writeFile(file, JSON.stringify({ keys: [ed.publicJwk] }));
    await changed;
    await expect(login(await ed.token(), verifier)).resolves.toBeDefined();
    await expect(login(await mint.token(), verifier)).rejects.toEqual(needsLogin);
  });

  it('come from a URL, and never over a redirect', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/jwks.json' }).end();
      else response.end(JSON.stringify({ keys: [mint.publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(
      login(await mint.token(), verifierOf(keySourceOf(`${base}/jwks.json`))),
    ).resolves.toBeDefined();
    await expect(keySourceOf(`${base}/moved`).load()).rejects.toThrow();
  });
});

describe('keys from a URL', () => {
  /** An issuer's server, whose keys and availability a test changes; counts its fetches. */
  async function issuerServer(...mints: TokenMint[]) {
    const issuer = { mints, fetches: 0, state: 'up' as 'up' | 'down' };
    const server = createServer((_, response) => {
      issuer.fetches += 1;
      if (issuer.state === 'down') response.writeHead(503).end();
      else response.end(JSON.stringify({ keys: issuer.mints.map(({ publicJwk }) => publicJwk) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return Object.assign(issuer, { url: `http://127.0.0.1:${port}/jwks.json` });
  }

  it('are fetched once for a thousand tokens of unknown keys', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await login(await mint.token(), verifier);
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => mint.token({}, { kid: `unknown-${i}` })),
    );
    const outcomes = await Promise.allSettled(tokens.map((token) => login(token, verifier)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(issuer.fetches).toBe(2);
  });

  it('that are known work on while the issuer is down, and unknown ones are refused', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await login(await mint.token(), verifier);
    issuer.state = 'down';
    await expect(login(await ed.token(), verifier)).rejects.toEqual(needsLogin);
    await expect(login(await mint.token({ jti: 'new' }), verifier)).resolves.toBeDefined();
  });

  it('are found after a rotation, with the first token that names the new one', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await login(await mint.token(), verifier);
    issuer.mints = [mint, ed];
    await expect(login(await ed.token(), verifier)).resolves.toBeDefined();
    await expect(login(await mint.token({ jti: 'new' }), verifier)).resolves.toBeDefined();
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
