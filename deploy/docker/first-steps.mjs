// What a first machine needs before it has an issuer of tokens of its own. Nothing but Node.
//   node first-steps.mjs keys FOLDER                  a key pair, once: public/jwks.json is for the edge
//   node first-steps.mjs token FOLDER USER [SECONDS]  an access token
//   node first-steps.mjs enrol FOLDER USER EDGE NODE  the node's token into FOLDER/node/token, once
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

const [command, folder = '.', user = '', ...rest] = process.argv.slice(2);
const issuer = 'greencloud-docker';
const audience = 'greencloud';
// Three folders, so that the edge and the agent need not see the key that signs.
const keyFile = join(folder, 'private', 'key.pem');
const jwksFile = join(folder, 'public', 'jwks.json');
const nodeFile = join(folder, 'node', 'token');

function keys() {
  for (const file of [keyFile, jwksFile, nodeFile]) mkdirSync(dirname(file), { recursive: true });
  if (existsSync(keyFile)) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const key = { ...jwk, kid: randomUUID(), alg: 'ES256', use: 'sig' };
  writeFileSync(jwksFile, JSON.stringify({ keys: [key] }));
  writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
}

function token(userId, seconds) {
  const { kid } = JSON.parse(readFileSync(jwksFile, 'utf8')).keys[0];
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: issuer, aud: audience, sub: userId, userId, iat: now, exp: now + seconds };
  const text = [{ alg: 'ES256', typ: 'JWT', kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = createPrivateKey(readFileSync(keyFile));
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

async function enrol(edge, node) {
  if (existsSync(nodeFile)) return;
  const answer = await fetch(new URL(`/v1/node/${node}`, edge), {
    method: 'POST',
    headers: { authorization: token(user, 60), 'content-type': 'application/json' },
    body: JSON.stringify({ description: 'the first machine' }),
  });
  if (!answer.ok) throw new Error(`enrolling the node: ${answer.status} ${await answer.text()}`);
  writeFileSync(nodeFile, (await answer.json()).token, { mode: 0o600 });
}

switch (command) {
  case 'keys':
    keys();
    break;
  case 'token':
    process.stdout.write(`${token(user, Number(rest[0] ?? 3_600))}\n`);
    break;
  case 'enrol':
    await enrol(rest[0], rest[1]);
    break;
  default:
    throw new Error('keys, token or enrol?');
}
