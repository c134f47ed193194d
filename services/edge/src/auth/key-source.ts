import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';

/** Where the keys of the token issuer come from. Never from a token. */
export interface KeySource {
  /** Rejects when the source is away or holds no key set. */
  load(): Promise<JSONWebKeySet>;
  /** Calls back when the keys may have changed; returns the end of watching. */
  watch(onChange: () => void): () => void;
  /** How long keys may be used after the last successful load. */
  readonly trustedForMs: number;
}

const maxKeySetBytes = 256 * 1024;
const fetchTimeoutMs = 5_000;
const filePollMs = 1_000;
const urlPollMs = 10 * 60_000;
// Keys that cannot be checked any more are trusted for one more hour: an issuer that is away can
// make no new tokens, and those already out should live on; a withdrawn key should not for ever.
const urlTrustedForMs = 60 * 60_000;

/** A path, or an `https://` (on loopback also `http://`) URL. */
export function keySourceOf(location: string): KeySource {
  return /^https?:/.test(location) ? urlSource(location) : fileSource(location);
}

function fileSource(path: string): KeySource {
  return {
    load: async () => parseKeySet(await readFile(path, 'utf8')),
    // Polling, because Kubernetes swaps a symlink above the file, which fs.watch does not see.
    watch(onChange) {
      watchFile(path, { interval: filePollMs, persistent: false }, onChange);
      return () => unwatchFile(path, onChange);
    },
    trustedForMs: Number.POSITIVE_INFINITY,
  };
}

function urlSource(url: string): KeySource {
  return {
    load: async () => parseKeySet(await fetchText(url)),
    watch(onChange) {
      const timer = setInterval(onChange, urlPollMs).unref();
      return () => clearInterval(timer);
    },
    trustedForMs: urlTrustedForMs,
  };
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    // A redirect would let whoever answers there name the keys.
    redirect: 'error',
    signal: AbortSignal.timeout(fetchTimeoutMs),
  });
  if (!response.ok || response.body === null) throw new Error(`it answers ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxKeySetBytes) throw new Error(`it is larger than ${maxKeySetBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseKeySet(text: string): JSONWebKeySet {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)) {
    return value as JSONWebKeySet;
  }
  throw new Error('it has no list of keys');
}
