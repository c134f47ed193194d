import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTokenMint, type TokenMint } from '../testing/token-mint.ts';
import { keySourceOf } from './key-source.ts';
import {
  keySetOf,
  loginAt,
  needsLogin,
  sourceOf,
  verifierOf,
  verifierOver,
} from './verifier-fixture.ts';

let mint: TokenMint;
let ed: TokenMint;

beforeAll(async () => {
  mint = await createTokenMint('es');
  ed = await createTokenMint('ed', 'EdDSA');
});

describe('the keys', () => {
  it('are loaded once for a thousand tokens of unknown keys', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await loginAt(verifier, await mint.token());
    expect(source.loads).toBe(1);
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => mint.token({}, { kid: `unknown-${i}` })),
    );
    const outcomes = await Promise.allSettled(tokens.map((token) => loginAt(verifier, token)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(source.loads).toBe(2);
  });

  it('are loaded for each of them when the cooldown is off (control)', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source, 0);
    for (const kid of ['a', 'b', 'c']) {
      await expect(loginAt(verifier, await mint.token({}, { kid }))).rejects.toEqual(needsLogin);
    }
    expect(source.loads).toBe(4);
  });

  it('are found after a rotation without a restart', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await loginAt(verifier, await mint.token());
    const next = await createTokenMint('next');
    source.keys = [next, mint];
    await expect(loginAt(verifier, await next.token())).resolves.toBeDefined();
    await expect(loginAt(verifier, await mint.token())).resolves.toBeDefined();
  });

  it('that are withdrawn end the tokens that were remembered', async () => {
    const source = sourceOf(mint, ed);
    const keys = keySetOf(source);
    const verifier = verifierOver(keys);
    const token = await mint.token();
    await loginAt(verifier, token);
    source.keys = [ed];
    const changed = new Promise<void>((resolve) => keys.onChange(resolve));
    source.changed();
    await changed;
    await expect(loginAt(verifier, token)).rejects.toEqual(needsLogin);
  });

  it('that cannot be loaded again stay in use', async () => {
    const source = sourceOf(mint);
    const verifier = verifierOf(source);
    await loginAt(verifier, await mint.token());
    source.load = () => Promise.reject(new Error('down'));
    source.changed();
    await expect(loginAt(verifier, await mint.token({ jti: '2' }))).resolves.toBeDefined();
  });

  it('that nobody could check for too long are not trusted any more', async () => {
    const source = { ...sourceOf(mint), trustedForMs: -1 };
    await expect(loginAt(verifierOf(source), await mint.token())).rejects.toEqual(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
  });

  it('that were never there mean UNAVAILABLE, and are waited for', async () => {
    const source = sourceOf(mint);
    const load = source.load.bind(source);
    source.load = () => Promise.reject(new Error('down'));
    const keys = keySetOf(source);
    const verifier = verifierOver(keys);
    const token = await mint.token();
    await expect(loginAt(verifier, token)).rejects.toEqual(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
    expect(keys.problem()).toBe('no keys to verify tokens with');
    const loaded = new Promise<void>((resolve) => keys.onChange(resolve));
    source.load = load;
    await loaded;
    await expect(loginAt(verifier, token)).resolves.toBeDefined();
    expect(keys.problem()).toBeUndefined();
  });

  it('in a file are read again when it changes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'edge-keys-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'jwks.json');
    await writeFile(file, JSON.stringify({ keys: [mint.publicJwk] }));
    const keys = keySetOf(keySourceOf(file));
    const verifier = verifierOver(keys);
    await loginAt(verifier, await mint.token());
    const changed = new Promise<void>((resolve) => keys.onChange(resolve));
    await writeFile(file, JSON.stringify({ keys: [ed.publicJwk] }));
    await changed;
    await expect(loginAt(verifier, await ed.token())).resolves.toBeDefined();
    await expect(loginAt(verifier, await mint.token())).rejects.toEqual(needsLogin);
  });

  it('come from a URL, and never over a redirect', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/jwks.json' }).end();
      else response.end(JSON.stringify({ keys: [mint.publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(
      loginAt(verifierOf(keySourceOf(`${base}/jwks.json`)), await mint.token()),
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
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return Object.assign(issuer, { url: `http://127.0.0.1:${port}/jwks.json` });
  }

  it('are fetched once for a thousand tokens of unknown keys', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await loginAt(verifier, await mint.token());
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => mint.token({}, { kid: `unknown-${i}` })),
    );
    const outcomes = await Promise.allSettled(tokens.map((token) => loginAt(verifier, token)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(issuer.fetches).toBe(2);
  });

  it('that are known work on while the issuer is down, and unknown ones are refused', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await loginAt(verifier, await mint.token());
    issuer.state = 'down';
    await expect(loginAt(verifier, await ed.token())).rejects.toEqual(needsLogin);
    await expect(loginAt(verifier, await mint.token({ jti: 'new' }))).resolves.toBeDefined();
  });

  it('are found after a rotation, with the first token that names the new one', async () => {
    const issuer = await issuerServer(mint);
    const verifier = verifierOf(keySourceOf(issuer.url));
    await loginAt(verifier, await mint.token());
    issuer.mints = [mint, ed];
    await expect(loginAt(verifier, await ed.token())).resolves.toBeDefined();
    await expect(loginAt(verifier, await mint.token({ jti: 'new' }))).resolves.toBeDefined();
  });
});
