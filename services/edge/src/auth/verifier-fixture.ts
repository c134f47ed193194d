import { createLogger } from '@greencloud/runtime';
import { expect, onTestFinished } from 'vitest';
import { testAudience, testIssuer, type TokenMint } from '../testing/token-mint.ts';
import { accessTokenOf } from './access-token.ts';
import { type KeySet, openKeySet } from './key-set.ts';
import type { KeySource } from './key-source.ts';
import { createTokenVerifier, type TokenAlgorithm } from './token-verifier.ts';

const logger = createLogger({ service: 'edge', level: 'silent' });

const allAlgorithms: TokenAlgorithm[] = ['ES256', 'RS256', 'EdDSA'];
export const needsLogin = expect.objectContaining({ code: 'NEEDS_LOGIN' });

type Verifier = ReturnType<typeof createTokenVerifier>;

/** Keys that a test changes; counts how often they are loaded. */
interface FixedSource extends KeySource {
  keys: TokenMint[];
  loads: number;
  changed(): void;
}

export function sourceOf(...keys: TokenMint[]): FixedSource {
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

/** Closed after the test. */
export function keySetOf(source: KeySource, cooldownMs = 30_000): KeySet {
  const keys = openKeySet({ source, logger, cooldownMs, retryMs: 10 });
  onTestFinished(() => keys.close());
  return keys;
}

export function verifierOver(keys: KeySet, algorithms = allAlgorithms): Verifier {
  return createTokenVerifier(keys, { issuer: testIssuer, audience: testAudience, algorithms });
}

export function verifierOf(source: KeySource, cooldownMs?: number): Verifier {
  return verifierOver(keySetOf(source, cooldownMs));
}

/** As the edge does it: header first, then signature and claims. */
export async function loginAt(verifier: Verifier, authorization: string | undefined) {
  return verifier.verify(accessTokenOf(authorization));
}
