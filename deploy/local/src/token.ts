import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { dataFolders } from './stack/data-folders.ts';
import { readKey } from './tokens/key-pair.ts';
import { signToken } from './tokens/sign-token.ts';
import { readTokenRequest, USAGE } from './tokens/token-request.ts';

const options = {
  user: { type: 'string' },
  ttl: { type: 'string' },
  scope: { type: 'string' },
} as const;

try {
  const { values } = parseArgs({ options });
  const request = readTokenRequest(values);
  const { dataDir } = readConfig(process.env);
  const key = await readKey(dataFolders(dataDir).keys);
  if (key === undefined) throw new Error(`no stack was ever started on ${dataDir}: npm start`);
  process.stdout.write(`${await signToken(key, request)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 1;
}
