import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { OnLine } from '../process/lines.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { PostgresIdentity } from './identity.ts';

const run = promisify(execFile);

export const SUPERUSER = 'greencloud';

/** One data folder: the cluster itself and, beside it, the password of its superuser. */
export type PostgresCluster = { readonly folder: string; readonly password: string };

export type ClusterOptions = {
  readonly dataDir: string;
  readonly identity: PostgresIdentity;
  readonly binaries: PostgresBinaries;
  readonly onStep: OnLine;
};

/**
 * Opens the cluster under `dataDir`, making it first where there is none. It is made in a folder
 * beside and renamed, so that a crash half-way never leaves a cluster that looks whole.
 */
export async function openCluster(options: ClusterOptions): Promise<PostgresCluster> {
  const { dataDir, identity, binaries, onStep } = options;
  const folder = resolve(dataDir, 'cluster');
  const passwordFile = resolve(dataDir, 'password');
  if (!(await exists(join(folder, 'PG_VERSION')))) {
    onStep('making a new Postgres cluster');
    await writePassword(passwordFile, identity);
    await makeCluster(folder, passwordFile, { identity, binaries });
  }
  return { folder, password: (await readFile(passwordFile, 'utf8')).trim() };
}

async function writePassword(file: string, identity: PostgresIdentity): Promise<void> {
  await writeFile(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  await give(file, identity);
}

async function makeCluster(
  folder: string,
  passwordFile: string,
  { identity, binaries }: Pick<ClusterOptions, 'identity' | 'binaries'>,
): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await give(draft, identity);
  const command = identity.wrap(binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(await localeFlags(binaries.initdb)),
    '--no-instructions',
  ]);
  await run(command.command, command.args, { ...command.ids, env: postgresEnv(), cwd: draft });
  await rename(draft, folder);
}

/** The same order of text on every machine, whatever locales it has. */
async function localeFlags(initdb: string): Promise<string[]> {
  const { stdout } = await run(initdb, ['--version'], { env: postgresEnv() });
  const [major = '0'] = /\d+/.exec(stdout) ?? [];
  // The built-in provider, which knows more than ASCII of upper and lower case, came with 17.
  if (Number(major) < 17) return ['--locale=C'];
  return ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
}

/** Nothing of our own environment: it may hold secrets, and PG* variables change the server. */
export function postgresEnv(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function give(path: string, identity: PostgresIdentity): Promise<void> {
  if (identity.user !== 'self') await chown(path, identity.user.uid, identity.user.gid);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
