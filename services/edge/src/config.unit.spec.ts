import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const needed = {
  GC_TASK_COMMAND_ADDRESS: '127.0.0.1:1',
  GC_PROJECTION_ADDRESS: '127.0.0.1:2',
  GC_SCHEDULER_ADDRESS: '127.0.0.1:3',
  GC_LAMBDA_CATALOG_ADDRESS: '127.0.0.1:4',
  GC_TOKEN_ISSUER: 'https://issuer.test',
  GC_TOKEN_AUDIENCE: 'greencloud',
  GC_JWKS: '/etc/greencloud/jwks.json',
};

describe('the configuration', () => {
  it('needs only what has no sensible default', () => {
    expect(readConfig(needed)).toMatchObject({
      GC_HTTP_ADDRESS: '127.0.0.1:8080',
      GC_TOKEN_ALGORITHMS: ['ES256', 'EdDSA', 'RS256'],
      GC_CORS_ORIGINS: [],
      GC_MAX_CONNECTIONS: 10_000,
    });
  });

  it('names every bad variable at once', () => {
    const bad = { ...needed, GC_TOKEN_ISSUER: '', GC_SCHEDULER_ADDRESS: 'x', GC_MAX_STREAMS: '0' };
    expect(() => readConfig(bad)).toThrow(
      /GC_SCHEDULER_ADDRESS[\s\S]*GC_TOKEN_ISSUER[\s\S]*GC_MAX_STREAMS/,
    );
  });

  it.each(['HS256', 'none', 'ES256,HS512', ','])('takes no algorithm %s', (algorithms) => {
    expect(() => readConfig({ ...needed, GC_TOKEN_ALGORITHMS: algorithms })).toThrow(
      /GC_TOKEN_ALGORITHMS/,
    );
  });

  it.each(['https://issuer.test/jwks.json', 'http://127.0.0.1:9/jwks.json', 'keys/jwks.json'])(
    'takes keys from %s',
    (location) => {
      expect(readConfig({ ...needed, GC_JWKS: location }).GC_JWKS).toBe(location);
    },
  );

  it.each(['http://issuer.test/jwks.json', 'ftp://x/y', 'https://'])(
    'takes no keys from %s',
    (location) => {
      expect(() => readConfig({ ...needed, GC_JWKS: location })).toThrow(/GC_JWKS/);
    },
  );
});
