import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { mintOf, type TokenMint } from '../access-tokens.ts';

export type Algorithm = 'ES256' | 'RS256' | 'EdDSA';

/** One key pair of an issuer: both halves, and the tokens that it signs. */
export interface IssuerKey extends TokenMint {
  readonly kid: string;
  readonly privateJwk: JWK;
}

export async function issuerKey(kid: string, algorithm: Algorithm = 'ES256'): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const privateJwk = { ...(await exportJWK(privateKey)), kid };
  return { ...(await mintOf(privateJwk, algorithm)), kid, privateJwk };
}

/** Serves a JWKS, counts who asks, and can be away. */
export interface KeyServer extends AsyncDisposable {
  readonly url: string;
  readonly fetches: number;
  publish(...keys: readonly IssuerKey[]): void;
  state: 'up' | 'failing' | 'hanging';
}

export async function startKeyServer(...first: readonly IssuerKey[]): Promise<KeyServer> {
  let keys: readonly JWK[] = first.map(({ publicJwk }) => publicJwk);
  let fetches = 0;
  const server = createServer((_, response) => {
    fetches += 1;
    if (served.state === 'hanging') return;
    if (served.state === 'failing') response.writeHead(500);
    else response.setHeader('content-type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const served: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    get fetches() {
      return fetches;
    },
    publish(...next) {
      keys = next.map(({ publicJwk }) => publicJwk);
    },
    state: 'up',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return served;
}
