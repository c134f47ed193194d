import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@greencloud/domain';
import type { Logger, Problem } from '@greencloud/runtime';
import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTVerifyGetKey,
  type LocalJWKSet,
} from 'jose';
import type { KeySource } from './key-source.ts';

export interface KeySet {
  /** The key that a token's header names. Rejects with `UNAVAILABLE` while there are no keys. */
  readonly find: JWTVerifyGetKey;
  /** Why no token can be verified now. */
  problem(): Problem | undefined;
  /** Called after the keys have become others. */
  onChange(listener: () => void): void;
  close(): void;
}

interface KeySetOptions {
  source: KeySource;
  logger: Logger;
  /** Reloads for unknown key ids are at least this far apart. */
  cooldownMs?: number;
  /** Between two attempts while there are no keys at all. */
  retryMs?: number;
}

/** Loads at once, then again when the source changes, and for a key id that it does not know. */
export function openKeySet(options: KeySetOptions): KeySet {
  return new ReloadingKeySet(options);
}

class ReloadingKeySet implements KeySet {
  readonly #source: KeySource;
  readonly #logger: Logger;
  readonly #cooldownMs: number;
  readonly #listeners: (() => void)[] = [];
  readonly #stopWatching: () => void;
  readonly #retry: NodeJS.Timeout;
  #keys: LocalJWKSet | undefined;
  #loadedAt = 0;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;

  constructor({ source, logger, cooldownMs = 30_000, retryMs = 1_000 }: KeySetOptions) {
    this.#source = source;
    this.#logger = logger;
    this.#cooldownMs = cooldownMs;
    this.#stopWatching = source.watch(() => void this.#reload());
    this.#retry = setInterval(() => {
      if (this.#keys === undefined) void this.#reload();
    }, retryMs).unref();
    void this.#reload();
  }

  readonly find = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    if (this.#keys === undefined) await this.#loading;
    try {
      return await this.#usable()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#search();
      return await this.#usable()(header, token);
    }
  };

  problem(): Problem | undefined {
    if (this.#keys === undefined) return 'no keys to verify tokens with';
    const age = performance.now() - this.#loadedAt;
    return age > this.#source.trustedForMs ? 'the token keys are out of date' : undefined;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#stopWatching();
    clearInterval(this.#retry);
  }

  #usable(): LocalJWKSet {
    const problem = this.problem();
    if (this.#keys === undefined || problem !== undefined) {
      throw new DomainError('UNAVAILABLE', problem ?? 'no keys');
    }
    return this.#keys;
  }

  // Anybody can name a key id, so what is unknown costs one load in a cooldown, not one each.
  async #search(): Promise<void> {
    const now = performance.now();
    if (now - this.#searchedAt >= this.#cooldownMs) {
      this.#searchedAt = now;
      void this.#reload();
    }
    await this.#loading;
  }

  #reload(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    try {
      const jwks = await this.#source.load();
      const keys = createLocalJWKSet(jwks);
      const changed = !isDeepStrictEqual(this.#keys?.jwks(), keys.jwks());
      this.#keys = keys;
      this.#loadedAt = performance.now();
      if (!changed) return;
      this.#logger.info({ keys: jwks.keys.length }, 'the token keys are loaded');
      for (const listener of this.#listeners) listener();
    } catch (error) {
      this.#logger.warn({ err: error }, 'the token keys could not be loaded, the old ones stay');
    }
  }
}
