import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';

/** ES256: short tokens, and every JOSE library knows it. */
export const ALGORITHM = 'ES256';

const privateJwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});

export type PrivateJwk = z.infer<typeof privateJwk>;

/** The signing key of this data folder, else `undefined` where no stack was ever started. */
export async function readKey(keysFolder: string): Promise<PrivateJwk | undefined> {
  const found = await readJson(keyFile(keysFolder));
  return found === undefined ? undefined : privateJwk.parse(found);
}

/**
 * Reads the signing key, making it the first time, and writes the JWKS file that the edge
 * verifies with. Only the public half goes into that one.
 */
export async function provideKey(
  keysFolder: string,
): Promise<{ key: PrivateJwk; jwksFile: string }> {
  const key = (await readKey(keysFolder)) ?? (await makeKey(keysFolder));
  const jwksFile = join(keysFolder, 'jwks.json');
  await writeAtomically(jwksFile, JSON.stringify({ keys: [publicPart(key)] }, null, 2));
  return { key, jwksFile };
}

async function makeKey(keysFolder: string): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID() };
  await writeAtomically(keyFile(keysFolder), JSON.stringify(jwk, null, 2));
  return privateJwk.parse(jwk);
}

function publicPart({ kty, crv, x, y, kid }: PrivateJwk): JWK {
  return { kty, crv, x, y, kid, alg: ALGORITHM, use: 'sig' };
}

function keyFile(keysFolder: string): string {
  return join(keysFolder, 'private.jwk.json');
}
