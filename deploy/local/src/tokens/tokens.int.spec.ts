import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { readJson } from '../atomic-file.ts';
import { testFolder } from '../supervisor/fixtures/folder.ts';
import { provideKey, readKey } from './key-pair.ts';
import { AUDIENCE, ISSUER, signToken } from './sign-token.ts';

const userId = '64058fee9956fae80d7e0e8e';

it('signs a token that the published key verifies', async () => {
  const { key, jwksFile } = await provideKey(await testFolder());
  const token = await signToken(key, { userId, ttlSeconds: 60, scope: 'task:read' });

  const keys = createLocalJWKSet((await readJson(jwksFile)) as JSONWebKeySet);
  const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE });

  expect(payload).toMatchObject({ userId, sub: userId, scope: 'task:read' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: key.kid });
});

it('keeps one key per folder, its private half readable by the owner only', async () => {
  const folder = await testFolder();
  const { key } = await provideKey(folder);
  expect((await provideKey(folder)).key).toEqual(key);
  expect((await stat(join(folder, 'private.jwk.json'))).mode & 0o777).toBe(0o600);
});

it('publishes no private half', async () => {
  const { key, jwksFile } = await provideKey(await testFolder());
  expect(JSON.stringify(await readJson(jwksFile))).not.toContain(key.d);
});

it('finds no key where no stack was ever started', async () => {
  expect(await readKey(await testFolder())).toBeUndefined();
});
