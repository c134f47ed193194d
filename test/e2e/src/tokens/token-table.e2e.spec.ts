import type { TestProcess } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audience, issuer, usualClaims } from '../access-tokens.ts';
import type { Answer } from '../client.ts';
import { startReplica } from '../own-processes.ts';
import { expectProblem } from '../problem.ts';
import { useSharedStack } from '../shared/shared-stack.ts';
import {
  ago,
  ahead,
  assembled,
  hour,
  signedInDer,
  signedWithPublicKey,
  withClaims,
} from './forgeries.ts';
import { type IssuerKey, issuerKey, type KeyServer, startKeyServer } from './issuer.ts';

const stack = useSharedStack();

/** An edge of its own, whose issuer is in this test: keys of all three algorithms, by URL. */
describe('5: the token table', () => {
  let edge: TestProcess;
  let keys: KeyServer;
  let es: IssuerKey;
  let rs: IssuerKey;
  let ed: IssuerKey;
  let strange: IssuerKey;

  beforeAll(async () => {
    [es, rs, ed, strange] = await Promise.all([
      issuerKey('es'),
      issuerKey('rs', 'RS256'),
      issuerKey('ed', 'EdDSA'),
      issuerKey('es'),
    ]);
    keys = await startKeyServer(es, rs, ed);
    const algorithms = { GC_TOKEN_ALGORITHMS: 'ES256,RS256,EdDSA' };
    edge = await startReplica(stack(), 'edge', { GC_JWKS: keys.url, ...algorithms });
  }, 60_000);
  afterAll(async () => {
    await edge?.stop();
    await keys?.[Symbol.asyncDispose]();
  });

  const tryWith = (authorization: string): Promise<Answer> =>
    stack().client(authorization, edge.ready.http).call('GET', '/v1/task/list');

  describe('lets in', () => {
    it.each<[string, () => Promise<string>]>([
      ['ES256', () => es.token()],
      ['RS256', () => rs.token()],
      ['EdDSA', () => ed.token()],
      ['typ JWT', () => es.token({}, { typ: 'JWT' })],
      ['typ at+jwt', () => es.token({}, { typ: 'at+jwt' })],
      ['aud as a list that names us', () => es.token({ aud: ['others', audience] })],
      ['nbf that has passed', () => es.token({ nbf: ago(10) })],
      ['sub in place of userId', () => es.token({ userId: undefined, sub: 'auth0|somebody' })],
      ['userId beside a sub of any form', () => es.token({ sub: 'spiffe://x/y z' })],
      ['claims that nobody knows', () => es.token({ roles: ['a'], nested: { a: 1 } })],
      ['7 KiB', () => es.token({ padding: 'x'.repeat(5 * 1_024) })],
    ])('%s', async (_, token) => {
      const given = await token();
      for (const scheme of ['', 'Bearer ', 'bearer ', 'BEARER ']) {
        expect((await tryWith(`${scheme}${given}`)).status).toBe(200);
      }
    });
  });

  const refused: [string, () => string | Promise<string>][] = [
    // alg
    ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg): [string, () => Promise<string>][] => [
      [`alg "${alg}" without a signature`, async () => assembled({ alg }, usualClaims())],
      [
        `alg "${alg}" with a right signature of ES256`,
        async () => assembled({ alg }, usualClaims(), (await es.token()).split('.')[2]),
      ],
    ]),
    ['no alg', () => assembled({ kid: 'es' }, usualClaims(), 'AAAA')],
    ...(['PEM', 'DER', 'JWK'] as const).flatMap((form): [string, () => string][] => [
      [`HS256 signed with the public EC key as ${form}`, () => signedWithPublicKey(es, form)],
      [`HS256 signed with the public RSA key as ${form}`, () => signedWithPublicKey(rs, form)],
    ]),
    ['HS384 signed with the public key', () => signedWithPublicKey(rs, 'PEM', 'HS384')],
    ['HS512 signed with the public key', () => signedWithPublicKey(rs, 'PEM', 'HS512')],
    ['alg ES256 over a key that is RSA', () => rs.token({}, { kid: 'es' })],
    [
      'alg RS256 in the header of an ES256 signature',
      async () =>
        assembled({ alg: 'RS256', kid: 'rs' }, usualClaims(), (await es.token()).split('.')[2]),
    ],
    // keys
    ['another key under a known kid', () => strange.token()],
    ['an unknown kid', () => strange.token({}, { kid: 'unknown' })],
    ['a kid that is a path', () => strange.token({}, { kid: '../../../etc/passwd' })],
    ['a kid that is SQL', () => strange.token({}, { kid: "x' or '1'='1" })],
    ['a key of its own in jwk', () => strange.token({}, { kid: 'own', jwk: strange.publicJwk })],
    [
      'a key of its own in jwk under a known kid',
      () => strange.token({}, { jwk: strange.publicJwk }),
    ],
    ['keys of its own behind jku', () => strange.token({}, { jku: keys.url })],
    ['keys of its own behind x5u', () => strange.token({}, { kid: 'own', x5u: keys.url })],
    [
      'a critical header that nobody knows',
      () =>
        es
          .token({}, { crit: ['exp'] })
          .catch(() =>
            assembled({ alg: 'ES256', kid: 'es', crit: ['x'], x: 1 }, usualClaims(), 'AAAA'),
          ),
    ],
    // claims
    ...['iss', 'aud', 'exp', 'iat'].map((claim): [string, () => Promise<string>] => [
      `no ${claim}`,
      () => es.token({ [claim]: undefined }),
    ]),
    ['neither userId nor sub', () => es.token({ userId: undefined })],
    ['userId of 23 characters', () => es.token({ userId: '5f0000000000000000000ab' })],
    ['userId that is no hex', () => es.token({ userId: 'x'.repeat(24) })],
    ['userId that is a number', () => es.token({ userId: 7 })],
    ['userId that is empty, with a sub', () => es.token({ userId: '', sub: 'me' })],
    ['userId that is null, with a sub', () => es.token({ userId: null, sub: 'me' })],
    ['sub with a line break', () => es.token({ userId: undefined, sub: 'a\nb' })],
    ['sub that is empty', () => es.token({ userId: undefined, sub: '' })],
    ['exp as text', () => es.token({ exp: String(ahead(hour)) as unknown as number })],
    ['iat as text', () => es.token({ iat: 'now' as unknown as number })],
    ['exp a minute ago', () => es.token({ iat: ago(hour), exp: ago(60) })],
    ['exp at 0', () => es.token({ exp: 0 })],
    ['nbf in a minute', () => es.token({ nbf: ahead(60) })],
    ['iat in a minute', () => es.token({ iat: ahead(60), exp: ahead(hour) })],
    ['scope that is a number', () => es.token({ scope: 1 })],
    // audience
    ...['', 'GreenCloud', 'greencloud2', 'greenclou', ' greencloud', '*'].map(
      (aud): [string, () => Promise<string>] => [`aud "${aud}"`, () => es.token({ aud })],
    ),
    ['aud as a list without us', () => es.token({ aud: ['a', 'b'] })],
    ['aud as an empty list', () => es.token({ aud: [] })],
    // look-alike issuers
    ...[
      `${issuer}/`,
      issuer.toUpperCase(),
      ` ${issuer}`,
      `${issuer} `,
      `${issuer}\0`,
      issuer.replace('l', '1'),
      issuer.replace('o', '\u043e'),
      issuer.replace('-', '\u2010'),
      issuer.slice(0, -1),
      `${issuer}.evil.example`,
      `https://${issuer}`,
      '',
    ].map((iss): [string, () => Promise<string>] => [
      `iss ${JSON.stringify(iss)}`,
      () => es.token({ iss }),
    ]),
    ['iss as a list that names ours', () => es.token({ iss: [issuer] as unknown as string })],
    // the whole
    ['9 KiB, signed and good in all else', () => es.token({ padding: 'x'.repeat(7 * 1_024) })],
    [
      'another tenant under the old signature',
      async () => withClaims(await es.token(), { userId: '640584c9c1ecb0bc1e0f5a01' }),
    ],
    [
      'a scope more under the old signature',
      async () => withClaims(await es.token({ scope: 'task:read' }), { scope: 'task:write' }),
    ],
    [
      'a signature of zeros (r = s = 0)',
      () =>
        assembled(
          { alg: 'ES256', kid: 'es' },
          usualClaims(),
          Buffer.alloc(64).toString('base64url'),
        ),
    ],
    ['a signature in DER', () => signedInDer(es)],
    ['half a signature', async () => (await es.token()).slice(0, -43)],
    ['no signature', async () => `${(await es.token()).split('.').slice(0, 2).join('.')}.`],
    ['two parts', async () => (await es.token()).split('.').slice(0, 2).join('.')],
    ['five parts, as if encrypted', async () => `${await es.token()}.AAAA.AAAA`],
    ['claims that are no object', () => assembled({ alg: 'ES256', kid: 'es' }, [1], 'AAAA')],
    ['a header that is no object', () => assembled([] as never, usualClaims(), 'AAAA')],
    ['noise', () => 'not.a.token'],
    ['nothing', () => ''],
    ['Bearer and nothing', () => 'Bearer'],
    ['two schemes', async () => `Bearer Bearer ${await es.token()}`],
    ['Basic', () => 'Basic dXNlcjpwdw=='],
    ['a good token as Basic', async () => `Basic ${await es.token()}`],
    ['two good tokens', async () => `${await es.token()}, ${await es.token()}`],
  ];

  it.each(refused)('asks for a login: %s', async (_, token) => {
    const answer = await tryWith(await token());
    expectProblem(answer, 401, 'NEEDS_LOGIN');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer( |$)/);
    expect(answer.text).not.toMatch(/jose|JWS|JWKS|\.ts/);
  });

  it('a token in the query is no token', async () => {
    const path = `/v1/task/list?access_token=${await es.token()}`;
    const answer = await stack().client('', edge.ready.http).call('GET', path);
    expectProblem(answer, 401, 'NEEDS_LOGIN');
  });

  it('fetches the keys at most once for a thousand unknown kids, and serves others meanwhile', async () => {
    const before = keys.fetches;
    const unknown = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => strange.token({}, { kid: `unknown-${i}` })),
    );
    const others = Array.from({ length: 20 }, async () => tryWith(await es.token()));
    const client = stack().client('', edge.ready.http);
    const answers = await Promise.all(
      unknown.map((authorization) =>
        client.call('GET', '/v1/task/list', { headers: { authorization } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 200));
    expect(keys.fetches - before).toBeLessThanOrEqual(1);
  });
});
